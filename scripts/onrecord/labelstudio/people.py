"""Who annotated: accounts of Label Studio, and the names of their layers."""

import re
from collections.abc import Callable, Iterable, Mapping

from onrecord.issues import MisuseError
from onrecord.labelstudio.tasks import Annotated


def account_of(annotated: Annotated, emails: Mapping[int, str]) -> str:
    """The e-mail address of whoever made an annotation, or the id where no address is known."""
    by = annotated.completed_by
    if isinstance(by, Mapping):
        return str(by.get("email") or by.get("id") or "unknown")
    return emails.get(by, str(by)) if isinstance(by, int) else str(by or "unknown")


def layer_name(account: str) -> str:
    """The layer of an account: what stands before the @, as an id."""
    words = re.findall(r"[a-z0-9]+", account.split("@")[0].lower())
    return "-".join(words) or "unknown"


def naming(
    wanted: Iterable[str], accounts: Iterable[str], emails: Mapping[int, str]
) -> Callable[[Annotated], str | None]:
    """How annotations are assigned to layers; None for those that are not wanted.

    `wanted` holds an account, what stands before its @, or either with `=NAME` for the layer; a
    bare name goes to the only account there is. Without any, every account has its own layer.
    Raises `MisuseError` for somebody who annotated nothing.
    """
    accounts = sorted(set(accounts))
    names: dict[str, str] = {}
    for each in wanted:
        who, _, name = each.partition("=")
        found = [account for account in accounts if who in (account, layer_name(account))]
        if not found and not name and len(accounts) == 1:
            found, name = accounts, who
        if len(found) != 1:
            if not accounts:
                raise MisuseError("nobody has annotated yet")
            known = ", ".join(accounts)
            raise MisuseError(f"{who!r} is {'several' if found else 'nobody'} of: {known}")
        names[found[0]] = layer_name(name or found[0])
    if not names:
        names = {account: layer_name(account) for account in accounts}
        if len(set(names.values())) < len(names):
            raise MisuseError(f"give layers names with --annotator WHO=NAME: {', '.join(names)}")
    return lambda annotated: names.get(account_of(annotated, emails))
