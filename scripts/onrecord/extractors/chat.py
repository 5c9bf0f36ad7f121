"""Large language models by the OpenAI-compatible chat protocol, with structured output.

Any server that speaks it, local or remote. The answer must fit a JSON Schema; its words are handed
in as they are and put into the text when they are scored, and `counts` says how faithful they
were: how many of the strings stand in the text exactly, normalised, fuzzily, or not at all.
"""

import hashlib
import os
import re
import time
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

import httpx2
import msgspec
from msgspec import Meta

from onrecord.benchmark.alignment import AlignConfig, Aligner
from onrecord.extractors import PlainArticle
from onrecord.issues import MisuseError
from onrecord.model import Act, QuoteForm, StanceLabel, Status
from onrecord.predictions import PredictedQuote, PredictedStance

KEY: Final = "OPENAI_API_KEY"
"""The environment variable that holds the key; none is sent where it is empty."""

_ATTEMPTS: Final = 4
_BUSY: Final = frozenset({408, 409, 429, 500, 502, 503, 504})
_LONGEST_WAIT: Final = 60.0
_SHOWN: Final = 200
_SERVER: Final = re.compile(r"https?://[^@\s]+")


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """Structured output wants every field required, and no other."""


class _Stance(_Strict):
    target: str
    label: StanceLabel


class _Quote(_Strict):
    content: str
    cue: str | None
    source: str | None
    speaker: str | None
    form: QuoteForm
    act: Act
    status: Status
    stances: list[_Stance]


class _Answer(_Strict):
    quotes: list[_Quote]


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(msgspec.Struct):
    choices: Annotated[list[_Choice], Meta(min_length=1)]
    usage: _Usage | None = None


class Chat:
    """A model behind a server that speaks the chat protocol.

    `server` is the address up to and with its version (`http://127.0.0.1:8000/v1`). Prices are per
    million tokens, in a currency of your own; with them, `counts` has the cost. A busy server is
    asked again, at most four times in all.
    """

    name = "chat"

    def __init__(
        self,
        model: str,
        server: str,
        temperature: float = 0.0,
        max_tokens: int = 8192,
        seed: int = 12345,
        prompt: str = "quotes-1",
        input_price: float = 0.0,
        output_price: float = 0.0,
        timeout: float = 240.0,
    ) -> None:
        """Read the prompt; raises `MisuseError` for one that is not there. Asks nothing yet."""
        if not _SERVER.fullmatch(server):
            raise MisuseError(f"server is an http or https address; the key goes into {KEY}")
        self._prompt = _prompt(prompt)
        digest = hashlib.sha256(self._prompt.encode()).hexdigest()[:8]
        self.version = f"{model}, prompt {Path(prompt).name} ({digest})"
        self._prices = input_price, output_price
        self._request = {
            "model": model,
            "temperature": temperature,
            "max_tokens": max_tokens,
            "seed": seed,
            "response_format": _response_format(),
        }
        self._key = _key()
        self._client = httpx2.Client(
            base_url=server,
            timeout=timeout,
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
        )
        self.counts: dict[str, float] = defaultdict(float)

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article, by their words.

        Raises `ValueError` for an answer that is refused, cut off or does not fit the schema, and
        `httpx2.HTTPError` where the server does not give one.
        """
        quotes = self._ask(article).quotes
        aligner = Aligner(article.text, AlignConfig())
        for quote in quotes:
            self.counts["quotes without content"] += not quote.content
            for words in filter(None, (quote.content, quote.cue, quote.source)):
                self.counts[f"strings {aligner.align(words).status}"] += 1
        return [_predicted(quote) for quote in quotes if quote.content]

    def _ask(self, article: PlainArticle) -> _Answer:
        told = {"title": article.title, "text": article.text, "issues": _issues(article)}
        messages = [
            {"role": "system", "content": self._prompt},
            {"role": "user", "content": msgspec.json.encode(told).decode()},
        ]
        completion = msgspec.json.decode(
            self._post({**self._request, "messages": messages}), type=_Completion
        )
        self._count(completion.usage or _Usage())
        choice = completion.choices[0]
        if choice.message.refusal:
            raise ValueError(f"the model refused: {choice.message.refusal[:_SHOWN]}")
        if choice.finish_reason == "length":
            raise ValueError("the answer was cut off: raise max_tokens")
        words = choice.message.content or ""
        try:
            return msgspec.json.decode(_json_in(words), type=_Answer)
        except msgspec.DecodeError as error:
            raise ValueError(f"{error}; the model answered {words[:_SHOWN]!r}") from None

    def _post(self, body: dict[str, Any]) -> bytes:
        for attempt in range(1, _ATTEMPTS + 1):
            self.counts["requests"] += 1
            answer = self._client.post("chat/completions", json=body)
            if answer.status_code not in _BUSY or attempt == _ATTEMPTS:
                break
            time.sleep(_patience(answer.headers.get("Retry-After", ""), attempt))
        if not answer.is_success:
            said = " ".join(answer.text.split())
            said = said.replace(self._key, "…") if self._key else said
            raise ValueError(f"the server answered {answer.status_code}: {said[:_SHOWN]}")
        return answer.content

    def _count(self, usage: _Usage) -> None:
        self.counts["prompt tokens"] += usage.prompt_tokens
        self.counts["completion tokens"] += usage.completion_tokens
        if self._prices != (0, 0):
            asked, answered = self._prices
            cost = usage.prompt_tokens * asked + usage.completion_tokens * answered
            self.counts["cost"] += cost / 1e6


def _key() -> str:
    """The key, if there is one; what no header may hold is refused here, where nothing is shown."""
    key = os.environ.get(KEY, "").strip()
    if not re.fullmatch("[!-~]*", key):
        raise MisuseError(f"{KEY} holds characters that no key has")
    return key


def _prompt(name: str) -> str:
    """A prompt that comes along, by name, or one in a file."""
    shipped = files("onrecord.extractors") / "prompts" / f"{name}.md"
    path = Path(name)
    if not path.suffix and shipped.is_file():
        return shipped.read_text("utf-8")
    if not path.is_file():
        raise MisuseError(f"{name}: no prompt of ours, and no file")
    return path.read_text("utf-8")


def _response_format() -> dict[str, Any]:
    schema = msgspec.json.schema(_Answer)
    return {
        "type": "json_schema",
        "json_schema": {"name": "quotes", "strict": True, "schema": schema},
    }


def _issues(article: PlainArticle) -> list[dict[str, str]]:
    return [{"id": issue.id, "text": issue.text} for issue in article.issues]


def _patience(retry_after: str, attempt: int) -> float:
    """Seconds until a busy server is asked again: as it says, or longer each time."""
    wait = float(retry_after) if retry_after.isdecimal() else 2.0**attempt
    return min(wait, _LONGEST_WAIT)


def _json_in(words: str) -> str:
    """The object in an answer; servers without structured output fence it or talk around it."""
    start, end = words.find("{"), words.rfind("}")
    return words[start : end + 1] if 0 <= start < end else words


def _predicted(quote: _Quote) -> PredictedQuote:
    return PredictedQuote(
        content=quote.content,
        cue=quote.cue or None,
        source=quote.source or None,
        speaker=(quote.speaker,) if quote.speaker else (),
        form=quote.form,
        act=quote.act,
        status=quote.status,
        stances=tuple(
            PredictedStance(target=stance.target, label=stance.label)
            for stance in quote.stances
            if stance.target
        ),
    )
