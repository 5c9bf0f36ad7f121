"""What an annotator need not write: marks, mentions, parents and rows that the rest settles."""

from collections.abc import Iterable, Mapping
from typing import Final

from onrecord.derived import quote_tier
from onrecord.model import Annotation, Mark, Mention, MentionForm, Quote, Span, Speaker, Stance
from onrecord.text import Paragraphs, covers, mark_offsets

PRONOUNS: Final = frozenset(
    "i me my mine myself we us our ours ourselves you your yours he him his himself she her hers"
    " herself it its itself they them their theirs themselves one ones somebody someone nobody"
    " everybody everyone this these those that both neither another others".split()
)
RELATIVES: Final = frozenset({"who", "whom", "whose", "which", "that"})
_OPENERS: Final = frozenset("“„«‹‘")
_CLOSERS: Final = frozenset("”»›’")

Pair = tuple[int | None, int | None]


def pair_marks(text: str) -> list[Pair]:
    """(open, close) offsets of the quotation marks, in order, paired within paragraphs.

    Straight marks open before a letter, digit or mark that follows a space or stands first. A
    single closing mark without an opening one is an apostrophe and stands alone as a close.
    """
    pairs: list[Pair] = []
    paragraphs = Paragraphs(text)
    offsets = mark_offsets(text)
    for start, end in paragraphs.bounds:
        pairs += _pair_paragraph(text, [o for o in offsets if start <= o < end])
    return sorted(pairs, key=lambda pair: pair[0] if pair[0] is not None else pair[1] or 0)


def _pair_paragraph(text: str, offsets: list[int]) -> list[Pair]:
    pairs: list[Pair] = []
    stack: list[int] = []
    for offset in offsets:
        kind = _family(text[offset])
        if _opens(text, offset, [text[o] for o in stack]):
            stack.append(offset)
            continue
        match = next((o for o in reversed(stack) if _family(text[o]) == kind), None)
        if match is None:
            pairs.append((None, offset))
            continue
        while stack[-1] != match:
            pairs.append((stack.pop(), None))
        pairs.append((stack.pop(), offset))
    return pairs + [(offset, None) for offset in stack]


def _family(character: str) -> str:
    for family in ('“”„"', "‘’'", "«»", "‹›"):
        if character in family:
            return family
    raise ValueError(f"{character!r} is no quotation mark")


def _opens(text: str, offset: int, pending: list[str]) -> bool:
    character = text[offset]
    if character in _OPENERS:
        return True
    if character in _CLOSERS:
        return False
    before = text[offset - 1 : offset] if offset else ""
    after = text[offset + 1 : offset + 2]
    stands_first = not before or before.isspace() or before in "([—–-/" or before in _OPENERS
    if before in ("'", '"') and before in pending and not after.isspace():
        stands_first = True
    return stands_first and bool(after) and not after.isspace()


def is_apostrophe(text: str, pair: Pair) -> bool:
    """Whether a lone single mark is plainly an apostrophe: no other single mark opens there."""
    start, end = pair
    offset = start if start is not None else end
    if offset is None or (start is not None and end is not None):
        return False
    if text[offset] not in "'’":
        return False
    left, right = Paragraphs(text).around(offset)
    others = [o for o in mark_offsets(text) if left <= o < right and o != offset]
    return not any(text[o] in "‘'" for o in others)


def settle_marks(
    text: str, quotes: Iterable[Quote], given: list[Mark]
) -> tuple[list[Mark], list[Pair]]:
    """All marks, and the pairs that nothing settles.

    A pair belongs to the innermost quote whose content holds it, if no other mark of that quote
    encloses it already: words in marks inside marks may be a title or an irony.
    """
    quotes = list(quotes)
    taken = {end for mark in given for end in (mark.open, mark.close) if end is not None}
    marks, open_questions = list(given), []
    enclosing: dict[str, list[tuple[int, int]]] = {}
    for pair in pair_marks(text):
        ends = [end for end in pair if end is not None]
        if taken & set(ends):
            continue
        mark = Mark(id="m0", open=pair[0], close=pair[1], kind="other")
        extent = Paragraphs(text).extent(mark)
        holder = _innermost(quotes, ends)
        if is_apostrophe(text, pair):
            marks.append(mark)
        elif holder and not any(
            a <= extent[0] and extent[1] <= b for a, b in enclosing.get(holder.id, [])
        ):
            enclosing.setdefault(holder.id, []).append(extent)
            marks.append(Mark(id="m0", open=pair[0], close=pair[1], kind="speech", quote=holder.id))
        else:
            open_questions.append(pair)
    return marks, open_questions


def _innermost(quotes: list[Quote], offsets: list[int]) -> Quote | None:
    holders = [
        quote
        for quote in quotes
        if all(any(p.start <= o < p.end for p in quote.content) for o in offsets)
    ]
    return min(holders, key=lambda quote: _size(quote.content), default=None)


def _size(span: Span) -> int:
    return sum(part.end - part.start for part in span)


def innermost_holder(quote: Quote, quotes: Iterable[Quote]) -> str | None:
    """The id of the smallest other quote whose content holds this one's: its parent."""
    holders = [
        other
        for other in quotes
        if other.id != quote.id
        and other.content != quote.content
        and covers(other.content, quote.content)
    ]
    holder = min(holders, key=lambda other: _size(other.content), default=None)
    return holder.id if holder else None


def mention_form(words: str, speaker: Speaker | None) -> MentionForm:
    """The form of a mention, from its words and the speaker's names in the registry."""
    lower = words.lower()
    if lower in RELATIVES:
        return "relative"
    if lower in PRONOUNS:
        return "pronoun"
    if speaker is None or speaker.ident != "named":
        return "nominal"
    names = {
        token
        for name in (speaker.name, *speaker.aliases)
        for token in _tokens(name)
        if token[:1].isupper()
    }
    return "name" if names & set(_tokens(words)) - {"The", "A", "An"} else "nominal"


def _tokens(words: str) -> list[str]:
    return [
        token.strip("’'“”\"(),.").removesuffix("’s").removesuffix("'s") for token in words.split()
    ]


def source_mentions(
    text: str, quotes: Iterable[Quote], given: list[Mention], speakers: Mapping[str, Speaker]
) -> list[Mention]:
    """Mentions for the sources of quotes with one speaker, where none is given."""
    known = {(mention.span, mention.speaker) for mention in given}
    added = []
    for quote in quotes:
        if not quote.source or len(quote.speaker) != 1:
            continue
        key = (quote.source, quote.speaker[0])
        if key in known or any(
            mention.speaker == key[1]
            and mention.form in ("name", "nominal")
            and covers(quote.source, mention.span)
            for mention in given
        ):
            continue
        known.add(key)
        words = text[quote.source[0].start : quote.source[-1].end]
        form = mention_form(words, speakers.get(key[1]))
        added.append(Mention(id="e0", span=key[0], speaker=key[1], form=form))
    return added


def missing_rows(annotation: Annotation) -> list[Stance]:
    """Rows with the label none for the issues that nobody mentioned."""
    given = {(stance.quote, stance.target) for stance in annotation.stances}
    own = {mark.quote for mark in annotation.marks if mark.kind == "speech"}
    return [
        Stance(quote=quote.id, target=issue, label="none")
        for quote in annotation.quotes
        if quote_tier(quote, quote.id in own) == 1 and quote.status == "actual" and quote.speaker
        for issue in annotation.issues
        if (quote.id, issue) not in given
    ]
