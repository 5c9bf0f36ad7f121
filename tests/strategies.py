"""Generated input for the property tests: records from their types, valid corpora, broken files."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
import orjson
from hypothesis import HealthCheck, settings
from msgspec import inspect

from onrecord.files import write_json
from onrecord.model import Gold

MODEST = {
    "derandomize": True,
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


def modest(examples: int) -> settings:
    """The same examples in every run, and no more than a quick suite can afford."""
    return settings(max_examples=examples, **MODEST)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
names = names.filter(str.strip)
ids = st.from_regex(r"[a-z0-9]{1,6}([._-][a-z0-9]{1,4}){0,2}", fullmatch=True)


def records(annotation: Any) -> st.SearchStrategy[Any]:
    """Any valid value of a record type, as `msgspec` describes it."""
    return _from_info(inspect.type_info(annotation))


def _from_info(info: Any) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata():
            return _from_info(info.type)
        case inspect.StructType():
            return st.builds(
                info.cls, **{field.name: _from_info(field.type) for field in info.fields}
            )
        case inspect.UnionType():
            return st.one_of([_from_info(part) for part in info.types])
        case inspect.VarTupleType():
            items = st.lists(_from_info(info.item_type), min_size=info.min_length or 0, max_size=3)
            return items.map(tuple)
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.IntType():
            edges = [value for value in (info.ge, info.le) if value is not None]
            return st.one_of(st.integers(info.ge, info.le), st.sampled_from(edges or [0]))
        case inspect.FloatType():
            return st.floats(info.ge, info.le)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.StrType(pattern=None):
            return texts.filter(lambda text: len(text) >= (info.min_length or 0))
        case inspect.StrType():
            longest = info.max_length or 10**6
            matching = st.from_regex(info.pattern, fullmatch=True)
            return matching.filter(lambda text: len(text) <= longest)
    raise NotImplementedError(info)


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        texts,
        st.sampled_from(["", "q1", "fenmoor", "1.0.0", "none", "2031-02-30", "\n", "\x00"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def broken_bytes(draw: st.DrawFn, original: bytes) -> bytes:
    """Anything at all, or `original` cut off, with bytes replaced or with a piece repeated."""
    how = draw(st.sampled_from(["any", "text", "json", "cut", "splice", "repeat"]))
    if how == "any":
        return draw(st.binary(max_size=200))
    if how == "text":
        return draw(texts).encode()
    if how == "json":
        return json.dumps(draw(json_values)).encode()
    start, end = sorted(draw(st.integers(0, len(original))) for _ in range(2))
    if how == "cut":
        return original[:start]
    if how == "splice":
        return original[:start] + draw(st.binary(max_size=8)) + original[end:]
    return original[:end] + original[start:]


@st.composite
def mutated_json(draw: st.DrawFn, original: bytes) -> bytes:
    """Well-formed JSON that differs from `original`, also JSON, in one to three places."""
    data = orjson.loads(original)
    twins: dict[str, str] = {}
    for number in range(draw(st.integers(1, 3))):
        data = _mutate(draw, data, f"twin-{number}", twins)
    raw = json.dumps(data)
    for twin, key in twins.items():
        raw = raw.replace(json.dumps(twin), json.dumps(key))
    return raw.encode()


def _mutate(draw: st.DrawFn, data: Any, twin: str, twins: dict[str, str]) -> Any:
    places = list(_places(data))
    if not places:
        return draw(json_values)
    holder, key = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["replace", "drop", "copy", "add"]))
    if how == "replace":
        holder[key] = draw(st.one_of(json_values, st.sampled_from(places).map(_value)))
    elif how == "drop":
        del holder[key]
    elif isinstance(holder, list):
        holder.insert(0, holder[key] if how == "copy" else draw(json_values))
    elif how == "copy":
        holder[twin] = holder[key]
        twins[twin] = key
    else:
        holder[draw(texts)] = holder.pop(key)
    return orjson.loads(json.dumps(data)) if _finite(data) else data


def _finite(data: Any) -> bool:
    """Whether orjson can read it back: a number beyond 64 bits stays as it is."""
    try:
        orjson.loads(json.dumps(data))
    except orjson.JSONDecodeError:
        return False
    return True


def _value(place: tuple[Any, Any]) -> Any:
    """A copy, since a value put inside itself would never end."""
    return copy.deepcopy(place[0][place[1]])


def _places(data: Any) -> Any:
    """Every (holder, key) in plain data."""
    if not isinstance(data, dict | list):
        return
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in list(items):
        yield data, key
        if isinstance(value, dict | list):
            yield from _places(value)


_letters = st.text(
    st.sampled_from("abcdeXYZ789éßжالع漢字👍🏽𝔘𐍈\u0301\u0308\u00a0\u200d"), min_size=1, max_size=6
)


@st.composite
def articles(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A document (a JSONL line) with valid gold, over words from beyond the basic plane."""
    made = _Composed(draw, f"article-{number}")
    for _ in range(draw(st.integers(1, 5))):
        made.paragraph()
    return made.document()


class _Composed:
    """Text that grows together with its gold."""

    def __init__(self, draw: st.DrawFn, id: str) -> None:
        self.draw, self.id, self.text = draw, id, draw(st.sampled_from(["", "\n", "Head 👍\n\n"]))
        self.marks: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []
        self.quotes: list[dict[str, Any]] = []
        self.stances: list[dict[str, Any]] = []

    def add(self, words: str) -> dict[str, int]:
        start = len(self.text)
        self.text += words
        return {"start": start, "end": len(self.text)}

    def words(self) -> str:
        return " ".join(self.draw(st.lists(_letters, min_size=1, max_size=4)))

    def paragraph(self) -> None:
        kind = self.draw(st.sampled_from(["plain", "direct", "indirect", "apostrophe", "title"]))
        if kind == "plain":
            self.add(f"{self.words()}.")
        elif kind in ("direct", "indirect"):
            self._quote(kind)
        elif kind == "apostrophe":
            self.add(f"{self.words()} ")
            self._mark(self.add("’")["start"], None, "other", None)
        else:
            start = self.add("«")["start"]
            self.add(self.words())
            self._mark(start, self.add("»")["start"], "title", None)
        self.add("\n\n")

    def _mark(self, start: int | None, close: int | None, kind: str, quote: str | None) -> None:
        id = f"m{len(self.marks) + 1}"
        self.marks.append({"id": id, "open": start, "close": close, "kind": kind, "quote": quote})

    def _quote(self, kind: str) -> None:
        id, speaker = f"q{len(self.quotes) + 1}", self.draw(st.sampled_from(["s-1", "s-2"]))
        content = []
        for _ in range(self.draw(st.integers(1, 3)) if kind == "direct" else 1):
            opening, closing = self.draw(st.sampled_from(["“”", "«»", "‘’", '""']))
            words = self.words()
            if kind == "direct":
                content.append(self.add(f"{opening}{words}{closing}"))
                self._mark(content[-1]["start"], content[-1]["end"] - 1, "speech", id)
            else:
                content.append(self.add(words))
            self.add(" ")
        source = self.add("Señor 👍🏽")
        self.add(" ")
        cue = self.add("said")
        self.add(".")
        self.mentions.append(
            {"id": f"e{id}", "span": [source], "speaker": speaker, "form": "nominal"}
        )
        self.quotes.append(
            {"id": id, "content": content, "source": [source], "cue": [cue], "speaker": [speaker]}
            | {"form": "clause", "act": "say", "status": "actual", "note": self.draw(texts) or None}
        )
        label = self.draw(st.sampled_from(["favor", "against", "both", "neutral", "none"]))
        row = {"quote": id, "target": "issue-1", "label": label}
        if label != "none":
            row |= {"basis": "implied", "evidence": content[-1:], "note": self.draw(texts) or None}
        self.stances.append(row)

    def document(self) -> dict[str, Any]:
        text = self.text
        article = {"id": self.id, "title": self.draw(names), "outlet": "o", "language": "en"}
        article |= {"published": "2031-01-01", "genre": "wire", "story": self.id, "rights": "open"}
        article["text_sha256"] = hashlib.sha256(text.encode()).hexdigest()
        article |= {"text_length": len(text), "byline": self.draw(st.none() | texts)}
        layer = {"annotator": "made", "kind": "machine", "guidelines": "1.0.0"}
        gold = {"article_id": self.id, "layer": layer, "issues": ["issue-1"], "marks": self.marks}
        gold |= {"mentions": self.mentions, "quotes": self.quotes, "stances": self.stances}
        split = self.draw(st.sampled_from(["train", "validation", "test"]))
        return {"article": article, "split": split, "text": text, "gold": gold, "layers": [gold]}


corpora = st.integers(1, 3).flatmap(lambda count: st.tuples(*map(articles, range(count))))

MANIFEST = {"data_version": "0.1.0", "schema_version": "1.0.0", "title": "Made 👍"} | {
    "licence": "CC0-1.0",
    "creators": ["tests"],
}
SPEAKERS = [
    {"id": id, "name": name, "kind": "person", "ident": "named", "aliases": ["👍"]}
    for id, name in (("s-1", "Señor 𝔘"), ("s-2", "漢字"))
]
TARGETS = [{"id": "issue-1", "kind": "issue", "text": "Yes 👍.", "negated_text": "No 👎."}]


def write_folder(documents: tuple[dict[str, Any], ...], root: Path) -> Path:
    """A corpus folder of generated documents."""
    for name, value in (("manifest", MANIFEST), ("speakers", SPEAKERS), ("targets", TARGETS)):
        write_json(root / f"{name}.json", value)
    write_json(root / "splits.json", {each["article"]["id"]: each["split"] for each in documents})
    (root / "texts").mkdir()
    for each in documents:
        id = each["article"]["id"]
        write_json(root / "articles" / f"{id}.json", each["article"])
        (root / "texts" / f"{id}.txt").write_bytes(each["text"].encode())
        write_json(root / "gold" / f"{id}.json", msgspec.convert(each["gold"], Gold))
        for layer in each["layers"]:
            write_json(root / "annotators" / "made" / f"{id}.json", msgspec.convert(layer, Gold))
    return root
