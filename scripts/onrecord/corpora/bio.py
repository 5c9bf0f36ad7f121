"""BIO tags in columns, as in the CoNLL shared tasks: a token a line, a blank line after a sentence.

The first column is the token, the last its tag: O, or B- or I- and a role (content, cue, source,
addressee). `-DOCSTART-` or `# newdoc id = NAME` starts a document; other lines that begin with '# '
and hold no tag are comments. Tokens are joined by spaces, sentences stand on lines of their own.
Tags link nothing: a content is a quote, and it has the cues and sources of its sentence only where
it is the only content there. What else there is stands with the gold.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from onrecord.converting.description import SPEECH_MARKS, Corpus
from onrecord.converting.documents import (
    article,
    file_of,
    from_file,
    gold,
    lose_surroundings,
    original,
    record_of,
    title_of,
)
from onrecord.converting.ledger import Ledger
from onrecord.converting.sources import files_below, text_of
from onrecord.converting.spans import Piece, clean, span
from onrecord.model import WORD, Document, Fragment, Quote, Span

_SUFFIXES: Final = (".conll", ".bio")
_START: Final = re.compile(r"-DOCSTART-|# newdoc\b(?: id = *(.*))?")
_TAG: Final = re.compile(r"O|([BI])-(\w+)")
_ROLES: Final = ("content", "cue", "source", "addressee")
_TOKEN: Final = re.compile(rf"{WORD.pattern}|\S")
_SEGMENT: Final = "segment"


class _Token(NamedTuple):
    start: int
    end: int
    prefix: str
    role: str
    line: str


class _Reading:
    """The lines of a document on their way to a text and quotes."""

    def __init__(self, segment: str, file: str, first: int, ledger: Ledger) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._sentences: list[list[_Token]] = [[]]
        self._file, self._ledger = file, ledger
        for number, line in enumerate(segment.split("\n"), first):
            self._take(line.rstrip("\r"), number)
        self.text = "".join(self._parts)

    def _take(self, line: str, number: int) -> None:
        cells = line.split("\t") if "\t" in line else re.split(" +", line.strip(" "))
        tag = _TAG.fullmatch(cells[-1]) if len(cells) > 1 else None
        if not line.strip():
            self._sentences += [[]] if self._sentences[-1] else []
        elif _START.match(line) or (line.startswith("# ") and tag is None):
            pass
        elif len(cells) < 2 or not cells[0]:
            self._issue(number, "", "is no token with a tag", "syntax")
        else:
            if tag is None or (tag[2] and tag[2].lower() not in _ROLES):
                self._issue(number, "/tag", f"is {cells[-1][:60]!r}", "field")
                tag = None
            self._add(cells[0], tag[1] or "" if tag else "", (tag[2] or "") if tag else "", line)

    def _issue(self, number: int, field: str, message: str, code: str) -> None:
        hint = f"O, or B- or I- and one of {', '.join(_ROLES)}"
        self._ledger.issue(f"{self._file}:{number}", field, f"convert-{code}", message, hint)

    def _add(self, token: str, prefix: str, role: str, line: str) -> None:
        sentence = self._sentences[-1]
        space = "" if not self._parts else " " if sentence else "\n"
        start = self._length + len(space)
        self._length = start + len(token)
        self._parts += [space, token]
        sentence.append(_Token(start, self._length, prefix, role.lower(), line))

    def quotes(self) -> tuple[list[Quote], int]:
        """The quotes, and how many spans there are of any role."""
        found: list[Quote] = []
        spans = 0
        for sentence in self._sentences:
            chunks = list(_chunks(sentence))
            spans += len(chunks)
            contents = [chunk for chunk in chunks if chunk[0].role == "content"]
            others = chunks if len(contents) == 1 else []
            for chunk in contents:
                found.append(self._quote(f"q{len(found) + 1}", chunk, others))
        return found, spans

    def _quote(self, id: str, content: list[_Token], chunks: list[list[_Token]]) -> Quote:
        def role(name: str) -> tuple[Fragment, ...]:
            return span(self.text, [_piece(each) for each in chunks if each[0].role == name])

        raw = "\n".join(token.line for token in content)
        return Quote(
            id=id,
            content=span(self.text, [_piece(content)]),
            cue=role("cue"),
            source=role("source"),
            addressee=role("addressee"),
            orig=(record_of(self._ledger.corpus, id, raw),),
        )


def _chunks(sentence: list[_Token]) -> Iterator[list[_Token]]:
    """The spans of a sentence; I- goes on with a span of its role or, as in IOB1, starts one."""
    chunk: list[_Token] = []
    for token in sentence:
        if chunk and (token.prefix != "I" or token.role != chunk[-1].role):
            yield chunk
            chunk = []
        if token.prefix:
            chunk.append(token)
    if chunk:
        yield chunk


def _piece(chunk: list[_Token]) -> Piece:
    return chunk[0].start, chunk[-1].end


def _segments(content: str) -> list[tuple[int, str]]:
    """The documents of a file as they stand, each with the number of its first line.

    Lines before the first and after the last token belong to the first and the last document.
    """
    found: list[tuple[int, list[str]]] = [(1, [])]
    filled = False
    for number, line in enumerate(content.split("\n"), 1):
        if filled and _START.match(line):
            found.append((number, []))
            filled = False
        found[-1][1].append(line)
        filled = filled or not (not line.strip() or line.startswith("# ") or _START.match(line))
    if not filled and len(found) > 1:
        found[-2][1].extend(found.pop()[1])
    return [(first, "\n".join(lines)) for first, lines in found]


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    for suffix in _SUFFIXES if root.is_dir() else _SUFFIXES[:1]:
        for file, path in files_below(root, suffix).items():
            content = text_of(path, file, ledger)
            for number, (first, segment) in enumerate(_segments(content or ""), 1):
                document = _document(file, number, first, segment, ledger)
                if document is not None:
                    yield document


def _document(file: str, number: int, first: int, segment: str, ledger: Ledger) -> Document | None:
    reading = _Reading(segment, file, first, ledger)
    if not reading.text:
        return None
    text, replaced = clean(reading.text)
    quotes, spans = reading.quotes()
    id = ledger.ids.new(f"{file.rpartition('.')[0] or file} {number:05d}")
    orig = (from_file(ledger.corpus, file), *replaced)
    record = article(ledger, id, text, title_of(text), orig=orig)
    linked = sum(bool(each) for quote in quotes for each in (quote.cue, quote.source))
    ledger.count("all", spans, kept=spans - len(quotes) - linked)
    rest = (record_of(ledger.corpus, _SEGMENT, segment),)
    annotation = gold(ledger, record, text, quotes, orig=rest)
    return Document(article=record, split="train", text=text, gold=annotation)


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    def file(document: Document) -> str:
        orig = document.article.orig
        return file_of(ledger.corpus, orig) or f"{document.article.id}{_SUFFIXES[0]}"

    for name, group in groupby(documents, key=file):
        segments = [_unchanged(each, ledger) or _new(each, ledger) for each in group]
        yield name, "\n".join(segments).encode()


def _unchanged(document: Document, ledger: Ledger) -> str | None:
    """The lines that a document comes from, if they still say the same."""
    segment = original(ledger.corpus, document.gold.orig, _SEGMENT)
    if segment is None:
        return None
    again, _ = _Reading(segment, "", 1, Ledger(ledger.corpus)).quotes()
    same = gold(ledger, document.article, document.text or "", again)
    return segment if same.quotes == document.gold.quotes else None


def _new(document: Document, ledger: Ledger) -> str:
    """A document as lines: a paragraph is a sentence."""
    text = document.text or ""
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    tags = ["O"] * len(tokens)
    for quote in sorted(document.gold.quotes, key=lambda quote: -_length(quote.content)):
        for role in _ROLES:
            spanned = getattr(quote, role)
            ledger.lose("joints of discontinuous spans", max(len(spanned) - 1, 0))
            for part in spanned:
                _tag(tags, tokens, part, role, ledger)
        ledger.lose_fields("quotes", quote, ("content", *_ROLES))
    ledger.lose_rest(document.gold)
    lose_surroundings(ledger, document)
    lines = [f"# newdoc id = {document.article.id}\n"]
    previous = 0
    for (start, end), tag in zip(tokens, tags, strict=True):
        if "\n" in text[previous:start] and previous:
            lines.append("\n")
        lines.append(f"{text[start:end]}\t{tag}\n")
        previous = end
    return "".join(lines)


def _length(spanned: Span) -> int:
    return sum(part.end - part.start for part in spanned)


def _tag(tags: list[str], tokens: list[Piece], part: Fragment, role: str, ledger: Ledger) -> None:
    """Tag the tokens that a fragment touches, if they are free."""
    first = bisect_right(tokens, part.start, key=lambda token: token[1])
    last = bisect_left(tokens, part.end, key=lambda token: token[0])
    if first >= last or any(tag != "O" for tag in tags[first:last]):
        ledger.lose("spans that overlap others", 1)
        return
    tags[first:last] = [f"B-{role}", *[f"I-{role}"] * (last - first - 1)]


BIO: Final = Corpus(
    name="bio",
    title="BIO tags in columns",
    records="spans",
    definition="Tokens with tags, a line each, in .conll or .bio files: spans of content, cue,"
    " source and addressee, which nothing links. What is imported has quotes of one piece, and cue"
    " and source where their sentence holds one content only.",
    annotates=SPEECH_MARKS | {"quotes", "quotes.content"},
    read=_read,
    write=_write,
    loses=(
        "which cue and source belong to which content, but in sentences with one content",
        "that the pieces of a span belong together; spans end where a sentence ends",
        "spans that overlap longer ones: nested quotes, cues inside contents",
        "cuts inside a token; spaces between tokens; which line ends part paragraphs",
        "all of a quote but content, cue, source and addressee",
        "marks (double ones are found again in the text), mentions, stances, issues",
        "annotators' layers; everything about an article but its text and id",
    ),
)
