"""What the head of a page says: JSON-LD, OpenGraph, and meta tags.

For each fact the first of these that holds one: JSON-LD of an article, OpenGraph and `article:`
tags, other meta tags, and then the page itself (`<html lang>`, `<title>`, the address).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from onrecord.ingestion.facts import (
    Facts,
    address_of,
    day_of,
    language_of,
    line_of,
    names_of,
)

_ARTICLE_TYPE: Final = re.compile(r"(?:article|posting|report|newsitem)\Z", re.IGNORECASE)
_MAX_SCRIPT: Final = 2**20
_MAX_OBJECTS: Final = 1_000
_META: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title"),
    "byline": ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author"),
    "published": (
        "article:published_time",
        "og:published_time",
        "date",
        "dc.date",
        "dc.date.issued",
        "pubdate",
        "publishdate",
        "parsely-pub-date",
        "sailthru.date",
        "datepublished",
    ),
    "outlet": ("og:site_name", "application-name", "dc.publisher"),
    "language": ("og:locale", "content-language", "dc.language"),
    "address": ("og:url",),
    "standfirst": ("og:description", "description", "twitter:description"),
}
_DAY_IN_PATH: Final = re.compile(r"/((?:19|20)[0-9]{2}/[0-9]{2}/[0-9]{2})(?:/|\Z)")
_HOST: Final = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)
_TITLE_TAIL: Final = re.compile(r"\s+[|–—-]\s+([^|–—]+)\Z")


class Metadata(NamedTuple):
    """What a page's head says. `body` is the text of the article, where its data hold it."""

    facts: Facts
    description: str | None
    body: str | None


def read_metadata(elements: Sequence[Any], address: str | None) -> Metadata:
    """What the elements of a page say, its root first; `address` is where it was found."""
    found: dict[Any, list[Any]] = {"meta": [], "script": [], "link": [], "title": []}
    for element in elements:
        if (tag := element.tag) in found:
            found[tag].append(element)
    tags = _meta_tags(found["meta"])
    linked = max(_articles(found["script"]), key=len, default={})
    links = [each.get("href") for each in found["link"] if each.get("rel") == "canonical"]
    address = (
        address_of(linked.get("url"))
        or address_of(next(iter(links), None))
        or _meta(tags, "address", address_of)
        or address
    )
    outlet = line_of(_name(linked.get("publisher"))) or _meta(tags, "outlet", line_of)
    headline = (
        line_of(linked.get("headline"))
        or _meta(tags, "title", line_of)
        or line_of(next((each.text for each in found["title"]), None))
    )
    facts = Facts(
        title=_without_outlet(headline, outlet) if headline else None,
        outlet=outlet or _host(address),
        byline=names_of(linked.get("author")) or _meta(tags, "byline", names_of),
        published=day_of(linked.get("datePublished"))
        or _meta(tags, "published", day_of)
        or _day_in(address),
        language=language_of(linked.get("inLanguage"))
        or language_of(elements[0].get("lang") or elements[0].get("xml:lang"))
        or _meta(tags, "language", language_of),
        address=address,
    )
    body = linked.get("articleBody")
    return Metadata(
        facts, _meta(tags, "standfirst", line_of), body if isinstance(body, str) else None
    )


def _without_outlet(title: str, outlet: str | None) -> str:
    """A page's title without ` | Fenmoor Echo` at its end."""
    match = _TITLE_TAIL.search(title)
    if match and outlet and _folded(match[1]) in _folded(outlet):
        return title[: match.start()]
    return title


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _meta_tags(elements: Iterable[Any]) -> dict[str, list[str]]:
    """The contents of meta tags by lower-case name, in the order of the page."""
    tags: dict[str, list[str]] = {}
    for tag in elements:
        names = map(tag.get, ("property", "name", "http-equiv", "itemprop"))
        name, content = next(filter(None, names), None), tag.get("content")
        if name and content:
            tags.setdefault(name.lower(), []).append(content)
    return tags


def _meta(tags: Mapping[str, list[str]], fact: str, read: Any) -> Any:
    for name in _META[fact]:
        values = tags.get(name)
        found = values and (read(values) if fact == "byline" else read(values[0]))
        if found:
            return found
    return None


def _articles(scripts: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects that describe an article, also inside a graph or a list."""
    for script in scripts:
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = (script.text or "").strip().removesuffix(";")
        try:
            # Not strict: line feeds inside strings are common here.
            found = json.loads(text, strict=False) if len(text) <= _MAX_SCRIPT else None
        except (ValueError, RecursionError):
            continue
        for thing in _objects(found):
            types = thing.get("@type")
            names = types if isinstance(types, list) else [types]
            if any(isinstance(name, str) and _ARTICLE_TYPE.search(name) for name in names):
                yield thing


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects at the top, in a list, under `@graph` or as the main entity, breadth first."""
    waiting: list[Any] = [value]
    for item in waiting:
        if len(waiting) > _MAX_OBJECTS:
            return
        if isinstance(item, list):
            waiting += item[:_MAX_OBJECTS]
        elif isinstance(item, dict):
            yield item
            waiting += [item[key] for key in ("@graph", "mainEntity") if key in item]


def _name(value: Any) -> Any:
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    return next((each.get("name") if isinstance(each, dict) else each for each in values), None)


def _host(address: str | None) -> str | None:
    match = _HOST.match(address or "")
    return match[1].lower().removeprefix("www.") if match else None


def _day_in(address: str | None) -> str | None:
    match = _DAY_IN_PATH.search(address or "")
    return day_of(match[1]) if match else None
