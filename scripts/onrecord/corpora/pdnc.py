"""Project Dialogism Novel Corpus: tables of quotations and characters beside the text of a novel.

Cells hold Python literals; `quoteByteSpans` count characters, whatever they are called. The parts
of an interrupted quotation are fragments of one quote; the marks beside them belong to it. Lines
of the text are wrapped: only blank lines part paragraphs. Names that begin with `_` (`_group`,
`_unknowable`) stand for nobody. Mentions are kept as ours where their entity speaks in the novel.
"""

import ast
import csv
import io
import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from onrecord.converting.description import SPEECH_MARKS, Corpus, Counts
from onrecord.converting.documents import article, file_of, from_file, gold, record_of
from onrecord.converting.ledger import Ledger, slug
from onrecord.converting.skeleton import numbered, originals
from onrecord.converting.sources import files_below, find_root, name_unread, text_of
from onrecord.converting.spans import Piece, clean, restore, span, words, words_by_bytes
from onrecord.files import MAX_BYTES
from onrecord.model import MARK_ALWAYS, Document, Mention, Orig, Quote, Span

_INDEX: Final = "PDNC-Novel-Index.csv"
_QUOTES: Final = "quotation_info.csv"
_CHARACTERS: Final = "character_info.csv"
_TEXT: Final = "novel_text.txt"
_SINGLE: Final = frozenset("'‘’")
_NOBODY: Final = frozenset({"", "nan"})

_QUOTE_COLUMNS: Final = (
    "quoteID",
    "quoteText",
    "subQuotationList",
    "quoteByteSpans",
    "speaker",
    "addressees",
    "quoteType",
    "referringExpression",
    "mentionTextsList",
    "mentionSpansList",
    "mentionEntitiesList",
)
_CHARACTER_COLUMNS: Final = ("Character ID", "Main Name", "Aliases", "Gender", "Category")
_TYPES: Final = ("Explicit", "Anaphoric", "Implicit", "nan")

T = TypeVar("T")
Pieces = list[tuple[int, int]]


class _Table:
    """A CSV file: its records as they stand, and their cells by column."""

    def __init__(self, content: str, file: str, columns: Iterable[str], ledger: Ledger) -> None:
        self.file, self._ledger = file, ledger
        self.raw: list[str] = []
        self.lines: list[int] = []
        self._cut(content)
        header = self._cells(0) if self.raw else []
        missing = sorted(set(columns) - set(header))
        if missing:
            self.issue(0, "", f"has no column {', '.join(missing)}", "syntax")
        self.surplus = [] if missing else [name for name in header if name not in columns]
        self.rows = self._rows(header) if not missing else {}

    def issue(
        self,
        number: int,
        field: str,
        message: str,
        code: str = "field",
        hint: str = "not read; the rest is",
    ) -> None:
        """A finding in a record."""
        self._ledger.issue(self.place(number), field, f"convert-{code}", message, hint)

    def place(self, number: int) -> str:
        """File and line of a record."""
        return f"{self.file}:{self.lines[number] if self.lines else 1}"

    @property
    def is_whole(self) -> bool:
        """Whether every record could be read."""
        return len(self.rows) == len(self.raw) - 1

    def _cut(self, content: str) -> None:
        """A record ends at a line end outside of quotation marks."""
        pending: list[str] = []
        marks = 0
        for number, line in enumerate(io.StringIO(content, newline=""), 1):
            if not pending:
                self.lines.append(number)
            pending.append(line)
            marks += line.count('"')
            if marks % 2 == 0:
                self.raw.append("".join(pending))
                pending = []
        self.raw += ["".join(pending)] if pending else []

    def _rows(self, header: list[str]) -> dict[int, dict[str, str]]:
        """The records with as many cells as the header; the others are one finding."""
        found = {number: self._cells(number) for number in range(1, len(self.raw))}
        wrong = [number for number, cells in found.items() if len(cells) != len(header)]
        if wrong:
            more = f", and so {len(wrong) - 1} more records have" if len(wrong) > 1 else ""
            message = f"has {len(found[wrong[0]])} cells, not {len(header)}{more}"
            self.issue(wrong[0], "", message, "syntax")
        return {
            number: dict(zip(header, cells, strict=True))
            for number, cells in found.items()
            if len(cells) == len(header)
        }

    def _cells(self, number: int) -> list[str]:
        csv.field_size_limit(MAX_BYTES)
        try:
            return next(csv.reader(io.StringIO(self.raw[number], newline="")), [])
        except csv.Error as error:
            self.issue(number, "", f"is no record of a table: {error}", "syntax")
            return []

    def literal(self, number: int, column: str, kind: type[T]) -> T | None:
        """The Python literal in a cell, if it is of this type; otherwise None, with a finding."""
        try:
            with warnings.catch_warnings(action="ignore"):  # of odd escapes
                value = ast.literal_eval(self.rows[number][column])
            return msgspec.convert(sorted(value) if isinstance(value, set) else value, kind)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            cell = self.rows[number][column][:60]
            self.issue(
                number, f"/{column}", f"holds no list of the kind that belongs there: {cell!r}"
            )
            return None


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    home = find_root(root, "data")
    if home is None:
        return
    index = _index(home, ledger)
    novels = [name.removesuffix(f"/{_QUOTES}") for name in files_below(home / "data", _QUOTES)]
    kinds = (_TEXT, _QUOTES, _CHARACTERS)
    read = {f"data/{novel}/{kind}" for novel in novels for kind in kinds}
    name_unread(home, ["data"], read, ledger)
    for novel in novels:
        files = [f"data/{novel}/{each}" for each in kinds]
        text, quotes, characters = (text_of(home / file, file, ledger) for file in files)
        if text is None or quotes is None or characters is None:
            continue
        reading = _Reading(
            novel,
            text,
            _Table(quotes, files[1], _QUOTE_COLUMNS, ledger),
            _Table(characters, files[2], _CHARACTER_COLUMNS, ledger),
            ledger,
        )
        yield reading.document(*index.get(novel, ((), {})))


def _index(home: Path, ledger: Ledger) -> dict[str, tuple[tuple[Orig, ...], dict[str, str]]]:
    """By folder, the header of the index and the novel's row as they stand, and its cells."""
    if not (home / _INDEX).is_file():
        return {}
    content = text_of(home / _INDEX, _INDEX, ledger) or ""
    table = _Table(content, _INDEX, ("Folder Name", "Novel Title"), ledger)
    raw = [record_of(ledger.corpus, f"{_INDEX}:{n}", each) for n, each in enumerate(table.raw)]
    return {row["Folder Name"]: ((raw[0], raw[n]), row) for n, row in table.rows.items()}


class _Reading:
    """A novel on its way to a document."""

    def __init__(
        self, novel: str, raw: str, quotes: _Table, characters: _Table, ledger: Ledger
    ) -> None:
        self._novel, self._raw, self._ledger = novel, raw, ledger
        self._table, self._characters = quotes, characters
        self._text, self._replaced = clean(raw, unwrap=True)
        self._speakers = self._names()
        self._known = frozenset(self._speakers)
        self._ids: set[str] = set()
        self._unknown: set[str] = set()
        self._behind: list[int] = []
        self._quotes: list[Quote] = []
        self._mentions: dict[tuple[Span, str], Orig] = {}
        self._rest = [self._row(characters, number) for number in range(len(characters.raw))]
        self._rest += [self._row(quotes, 0)] if quotes.raw else []
        for table in (quotes, characters):
            for name in table.surplus:
                table.issue(0, f"/{name}", "is no column of the corpus", hint="the rest is read")
        for number in range(1, len(quotes.raw)):
            self._take(number)
        self._end()

    def document(self, index: tuple[Orig, ...], known: Mapping[str, str]) -> Document:
        """The document; `known` is the novel's row in the index."""
        ledger = self._ledger
        orig = (from_file(ledger.corpus, f"data/{self._novel}"), *index, *self._replaced)
        record = article(
            ledger,
            ledger.ids.new(self._novel),
            self._text,
            known.get("Novel Title") or self._novel,
            genre=slug(known["Genre"]) if known.get("Genre") else None,
            orig=orig,
        )
        quoted = {speaker for quote in self._quotes for speaker in quote.speaker}
        mentions = [
            Mention(id=f"e{number}", span=spanned, speaker=speaker, orig=(orig,))
            for number, ((spanned, speaker), orig) in enumerate(self._mentions.items(), 1)
            if speaker in quoted
        ]
        rows = max(len(self._table.raw) - 1, 0)
        ledger.count("all", rows, kept=rows - len(self._quotes))
        annotation = gold(
            ledger, record, self._text, self._quotes, mentions=mentions, orig=self._rest
        )
        return Document(article=record, split="train", text=self._text, gold=annotation)

    def _row(self, table: _Table, number: int) -> Orig:
        kind = table.file.rpartition("/")[2]
        return record_of(self._ledger.corpus, f"{kind}:{number}", table.raw[number])

    def _names(self) -> dict[str, str]:
        """Speaker ids by main names and aliases; a main name goes before an alias."""
        main, others = {}, {}
        for number, row in self._characters.rows.items():
            name = row["Main Name"]
            aliases = self._characters.literal(number, "Aliases", list[str]) or []
            named = [alias for alias in aliases if alias and alias[0] != "_" and alias != name]
            if not name.startswith("_") and name not in _NOBODY:
                main[name] = self._ledger.speaker(name, scope=self._novel, aliases=named)
                others.update(dict.fromkeys(named, main[name]))
        return others | main

    def _speaker(self, name: str) -> str | None:
        if name.startswith("_") or name in _NOBODY:
            return None
        if name not in self._speakers:
            self._speakers[name] = self._ledger.speaker(name, scope=self._novel)
        return self._speakers[name]

    def _take(self, number: int) -> None:
        """A row: a quote with the mentions in it, or kept with the gold."""
        row = self._table.rows.get(number)
        pieces = self._table.literal(number, "quoteByteSpans", Pieces) if row else None
        content = self._content(number, pieces) if pieces is not None else ()
        orig = self._row(self._table, number)
        if row is not None:
            self._check(number, row)
        if row is None or not content:
            self._rest.append(orig)
            return
        speaker = self._speaker(row["speaker"])
        self._quotes.append(
            Quote(
                id=f"q{number}",
                content=content,
                speaker=(speaker,) if speaker else (),
                orig=(orig,),
            )
        )
        self._take_mentions(number)

    def _check(self, number: int, row: Mapping[str, str]) -> None:
        """Findings in a row that is taken all the same."""
        table, hint = self._table, "kept as it stands"
        self._ledger.check_value(table.place(number), "/quoteType", row["quoteType"], _TYPES)
        table.literal(number, "addressees", list[str])
        if row["quoteID"] in self._ids:
            table.issue(number, "/quoteID", f"{row['quoteID']!r} occurs twice", hint=hint)
        self._ids.add(row["quoteID"])
        name = row["speaker"]
        nobody = name.startswith("_") or name in _NOBODY
        if not nobody and name not in self._known | self._unknown and self._characters.is_whole:
            self._unknown.add(name)  # said once a name
            table.issue(number, "/speaker", f"{name!r} is no name in {_CHARACTERS}", hint=hint)

    def _end(self) -> None:
        """One finding for all spans that lie behind the end of the text."""
        if self._behind:
            message = (
                f"ends at {len(self._text)}; spans in {len(set(self._behind))} records of {_QUOTES}"
                f" lie behind it, the first in line {self._table.lines[min(self._behind)]}"
            )
            file, hint = f"data/{self._novel}/{_TEXT}", "not read; the rest is"
            self._ledger.issue(file, "", "convert-offsets", message, hint)

    def _content(self, number: int, pieces: Pieces) -> Span:
        """The parts of a quotation with the marks beside them."""
        if not pieces:
            self._table.issue(number, "/quoteByteSpans", "holds no span")
            return ()
        if any(end > len(self._raw) for _, end in pieces):
            self._behind.append(number)
            return ()
        parts = self._table.literal(number, "subQuotationList", list[str])
        if parts is not None:
            self._compare(number, pieces, parts)
        return self._span(number, "quoteByteSpans", [self._widened(piece) for piece in pieces])

    def _compare(self, number: int, pieces: Pieces, parts: list[str]) -> None:
        """Findings where the text and the two columns with the words of a quotation differ."""
        found = " ".join(words(self._raw, pieces).split())
        stored = " ".join(" ".join(parts).split())
        whole = " ".join(self._table.rows[number]["quoteText"].split())
        if found != stored:
            by_bytes = " ".join(words_by_bytes(self._raw, pieces).split()) == stored
            why = "; its offsets count bytes" if by_bytes else ""
            message = f"says {stored[:60]!r}, the text {found[:60]!r}{why}"
            self._table.issue(number, "/subQuotationList", message, "words", "offsets are kept")
        elif whole != stored and self._table.is_whole:  # a table cut amiss is named already
            message = f"says {whole[:60]!r}, the text {stored[:60]!r}"
            self._table.issue(number, "/quoteText", message, "words", "offsets are kept")

    def _widened(self, piece: Piece) -> Piece:
        """A part with the double mark on either side of it, or with single marks on both."""
        start, end = piece
        before, after = self._text[max(start - 1, 0) : start], self._text[end : end + 1]
        both = before in _SINGLE and after in _SINGLE
        return (
            start - 1 if before in MARK_ALWAYS or both else start,
            end + 1 if after in MARK_ALWAYS or both else end,
        )

    def _span(self, number: int, column: str, pieces: Pieces) -> Span:
        try:
            found = span(self._text, pieces)
        except ValueError as error:
            self._table.issue(number, f"/{column}", str(error), "offsets")
            return ()
        if not found:
            self._table.issue(number, f"/{column}", "holds no words", "offsets")
        return found

    def _take_mentions(self, number: int) -> None:
        literal = self._table.literal
        spans = literal(number, "mentionSpansList", list[Pieces]) or []
        entities = literal(number, "mentionEntitiesList", list[list[list[str]]]) or []
        for pieces, named in zip(spans, entities, strict=False):
            for piece, names in zip(pieces, named, strict=False):
                if piece[1] > len(self._text):
                    self._behind.append(number)
                    continue
                spanned = self._span(number, "mentionSpansList", [piece])
                raw = json.dumps([piece, names], ensure_ascii=False)
                orig = record_of(self._ledger.corpus, f"mention:{number}", raw)
                for speaker in filter(None, map(self._speaker, names)):
                    if spanned:
                        self._mentions.setdefault((spanned, speaker), orig)


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    index: dict[int, str] = {}
    for document in documents:
        record, folder = document.article, file_of(ledger.corpus, document.article.orig)
        index |= numbered(record.orig, f"{_INDEX}:")
        yield f"{folder}/{_TEXT}", restore(document.text or "", record.orig).encode()
        for kind in (_QUOTES, _CHARACTERS):
            rows = numbered(originals(document.gold), f"{kind}:")
            yield f"{folder}/{kind}", "".join(rows.values()).encode()
    if index:
        yield _INDEX, "".join(index[number] for number in sorted(index)).encode()


PDNC: Final = Corpus(
    name="pdnc",
    title="Project Dialogism Novel Corpus",
    records="quotations",
    definition="Whole novels in English; every quotation in quotation marks, with the character who"
    " speaks, and the mentions of characters inside quotations. Reported speech without marks,"
    " cues, sources and mentions outside of quotations are not annotated.",
    language="en",
    terms="None are stated. For private use only.",
    creators=("Krishnapriya Vishnubhotla", "Adam Hammond", "Graeme Hirst"),
    citation="The Project Dialogism Novel Corpus: A Dataset for Quotation Attribution in Literary"
    " Texts, https://arxiv.org/abs/2204.05836.",
    annotates=SPEECH_MARKS
    | {"quotes.content", "quotes.speaker", "mentions.span", "mentions.speaker"},
    expected={"all": Counts(28, 37_131)},
    read=_read,
    write=_write,
)
