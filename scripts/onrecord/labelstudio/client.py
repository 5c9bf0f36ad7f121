"""The connection to a Label Studio: which one, with whose token, and what its errors mean.

The SDK is imported when a connection is made: it is heavy, and an extra. A token comes from the
environment or a file, and goes nowhere but to the server.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from onrecord.issues import MisuseError
from onrecord.labelstudio.server import default_folder, running_server

T = TypeVar("T")
_URL, _TOKEN = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
_TIMEOUT = 300


class GoneError(MisuseError):
    """The server cannot be reached, or broke off: what was asked may or may not be done."""


class NotThereError(MisuseError):
    """What was asked for is not on the server, or not any more."""


class Studio:
    """A Label Studio, signed in. `sdk` is the client of the SDK; every call goes through `call`."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        try:
            import httpx
            from label_studio_sdk import LabelStudio
        except ImportError:
            message = "needs the package label-studio-sdk; in a clone: pip install '.[annotate]'"
            raise MisuseError(message) from None
        # Proxies of the environment are for the world outside, not for this machine.
        local = self.url.startswith(("http://127.", "http://localhost", "http://[::1]"))
        client = httpx.Client(timeout=_TIMEOUT, follow_redirects=True, trust_env=not local)
        self.sdk = LabelStudio(base_url=self.url, api_key=token, httpx_client=client)
        self.email = str(self.call(lambda sdk: sdk.users.whoami()).email)

    def call(self, ask: Callable[[Any], T]) -> T:
        """What `ask` returns of the SDK; raises `MisuseError` or `GoneError`, in one line."""
        with _explained(self.url):
            return ask(self.sdk)

    def task_address(self, project: int, task: int | None) -> str:
        """Where a person opens a task."""
        return f"{self.url}/projects/{project}/data?task={task}"


def connect(url: str | None = None, token_file: Path | None = None) -> Studio:
    """Sign in at `url`, LABEL_STUDIO_URL, or the server that `onrecord annotate start` started.

    The token stands in `token_file`, LABEL_STUDIO_API_KEY, or, for one's own server, in its folder.
    Raises `MisuseError` where there is no server or no token, or the token is not accepted.
    """
    url = url or os.environ.get(_URL)
    own = running_server(default_folder()) if url is None else None
    if url is None and own is None:
        raise MisuseError(f"no Label Studio: run `onrecord annotate start`, or set {_URL}")
    given = os.environ.get(_TOKEN)
    path = token_file or (own.token_file if own and not given else None)
    if path is not None:
        try:
            given = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise MisuseError(f"{path}: the token cannot be read") from None
    if not given:
        raise MisuseError(f"no token for {url}: set {_TOKEN}, or name a file with --token-file")
    return Studio(url or (own.url if own else ""), given)


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn errors of the SDK into ours. Its own words hold headers, and may hold secrets."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise _meant(url, error.status_code, error.body) from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise GoneError(f"{url}: no answer ({type(error).__name__}); is it running?") from None


def _meant(url: str, status: int | None, body: object) -> MisuseError:
    if status == 401:
        return MisuseError(f"{url}: the token is wrong or has expired; take a new one")
    if status == 403:
        return MisuseError(f"{url}: the account may not do that")
    if status == 404:
        return NotThereError(f"{url}: not there any more (was the project deleted?)")
    if status is None or status >= 500 or status in (408, 429):
        return GoneError(f"{url}: the server failed (status {status}); see its log")
    detail = body.get("validation_errors") or body.get("detail") if isinstance(body, dict) else body
    return MisuseError(f"{url}: refused (status {status}): {str(detail)[:300]}")
