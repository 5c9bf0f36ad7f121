"""What an annotator need not write: marks, mentions, parents and rows that the rest settles."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate, groupby
from typing import Final

from onrecord.derived import quote_tier
from onrecord.model import (
    Annotation,
    Fragment,
    Mark,
    Mention,
    MentionForm,
    Quote,
    Span,
    Speaker,
    Stance,
)
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
    offsets = mark_offsets(text)
    for start, end in Paragraphs(text).bounds:
        inside = offsets[bisect_left(offsets, start) : bisect_left(offsets, end)]
        pairs += _pair_paragraph(text, inside)
    return sorted(pairs, key=lambda pair: _ends(pair)[0])


def _ends(pair: Pair) -> list[int]:
    return [end for end in pair if end is not None]


def _pair_paragraph(text: str, offsets: list[int]) -> list[Pair]:
    pairs: list[Pair] = []
    stack: list[int] = []
    pending: Counter[str] = Counter()
    for offset in offsets:
        if _opens(text, offset, pending):
            stack.append(offset)
            pending[text[offset]] += 1
            continue
        family = _family(text[offset])
        if not any(pending[character] for character in family):
            pairs.append((None, offset))
            continue
        while text[opening := stack.pop()] not in family:
            pending[text[opening]] -= 1
            pairs.append((opening, None))
        pending[text[opening]] -= 1
        pairs.append((opening, offset))
    return pairs + [(offset, None) for offset in stack]


def _family(character: str) -> str:
    for family in ('“”„"', "‘’'", "«»", "‹›"):
        if character in family:
            return family
    raise ValueError(f"{character!r} is no quotation mark")


def _opens(text: str, offset: int, pending: Mapping[str, int]) -> bool:
    character = text[offset]
    if character in _OPENERS:
        return True
    if character in _CLOSERS:
        return False
    before = text[offset - 1 : offset] if offset else ""
    after = text[offset + 1 : offset + 2]
    stands_first = not before or before.isspace() or before in "([—–-/" or before in _OPENERS
    if before in ("'", '"') and pending[before] and not after.isspace():
        stands_first = True
    return stands_first and bool(after) and not after.isspace()


def apostrophes(text: str, pairs: list[Pair]) -> set[Pair]:
    """Lone single marks that are plainly apostrophes: no other one opens in their paragraph."""
    around = Paragraphs(text).around
    single = [end for pair in pairs for end in _ends(pair) if text[end] in "‘'"]
    opening = Counter(map(around, single))
    return {
        pair
        for pair in pairs
        if len(ends := _ends(pair)) == 1
        and text[ends[0]] in "'’"
        and opening[around(ends[0])] == (text[ends[0]] == "'")
    }


def settle_marks(
    text: str, quotes: Iterable[Quote], given: list[Mark]
) -> tuple[list[Mark], list[Pair]]:
    """All marks, and the pairs that nothing settles.

    A pair belongs to the innermost quote whose content holds it, if no other mark of that quote
    encloses it already: words in marks inside marks may be a title or an irony.
    """
    pairs = pair_marks(text)
    lone, holders = apostrophes(text, pairs), _holders(pairs, quotes)
    taken = {end for mark in given for end in (mark.open, mark.close) if end is not None}
    marks, open_questions = list(given), []
    reached: dict[str, int] = {}
    for pair in pairs:
        ends = _ends(pair)
        if taken.intersection(ends):
            continue
        holder = holders.get(pair)
        if pair in lone:
            marks.append(Mark(id="m0", open=pair[0], close=pair[1], kind="other"))
        elif holder and reached.get(holder, -1) < ends[-1]:  # pairs come in their order
            reached[holder] = ends[-1]
            marks.append(Mark(id="m0", open=pair[0], close=pair[1], kind="speech", quote=holder))
        else:
            open_questions.append(pair)
    return marks, open_questions


def _holders(pairs: list[Pair], quotes: Iterable[Quote]) -> dict[Pair, str]:
    """The id of the innermost quote around each pair, where there is one."""
    offsets = sorted(end for pair in pairs for end in _ends(pair))
    inner_first = sorted(quotes, key=lambda quote: _size(quote.content))
    around: dict[int, list[int]] = {}
    for number, quote in enumerate(inner_first):
        for part in quote.content:
            for at in range(bisect_left(offsets, part.start), bisect_left(offsets, part.end)):
                around.setdefault(offsets[at], []).append(number)
    found: dict[Pair, str] = {}
    for pair in pairs:
        first, *last = (around.get(end, []) for end in _ends(pair))
        holder = next((n for n in first if all(n in each for each in last)), None)
        if holder is not None:
            found[pair] = inner_first[holder].id
    return found


def _size(span: Span) -> int:
    return sum(part.end - part.start for part in span)


def innermost_holders(quotes: Iterable[Quote]) -> dict[str, str]:
    """The parents of quotes: the first of those with the smallest content around theirs, by ids.

    One pass over the fragments of all contents; `unfinished` are those that reach further.
    """
    quotes = list(quotes)
    firsts: dict[Span, str] = {}
    for quote in quotes:
        firsts.setdefault(quote.content, quote.id)
    contents = list(firsts)
    fragments = sorted(
        (part.start, -part.end, number)
        for number, content in enumerate(contents)
        for part in content
    )
    around: dict[int, set[int]] = {}
    unfinished: list[tuple[int, int]] = []
    for (start, back), group in groupby(fragments, key=lambda each: each[:2]):
        own = [number for _, _, number in group]
        unfinished = [each for each in unfinished if each[0] > start]
        unfinished += [(-back, number) for number in own]
        holders = {number for end, number in unfinished if end >= -back}
        for number in own:
            around[number] = around[number] & holders if number in around else holders
    innermost = {
        contents[number]: firsts[contents[min(others, key=lambda n: (_size(contents[n]), n))]]
        for number, holders in around.items()
        if (others := holders - {number})
    }
    return {quote.id: innermost[quote.content] for quote in quotes if quote.content in innermost}


def holding(parts: Iterable[Fragment]) -> Callable[[Fragment], bool]:
    """Whether a fragment lies within one of these."""
    places = sorted((part.start, part.end) for part in parts)
    starts = [start for start, _ in places]
    furthest = list(accumulate((end for _, end in places), max))

    def holds(part: Fragment) -> bool:
        before = bisect_right(starts, part.start)
        return before > 0 and part.end <= furthest[before - 1]

    return holds


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
    named: dict[str, list[Span]] = {}
    for mention in given:
        if mention.form in ("name", "nominal"):
            named.setdefault(mention.speaker, []).append(mention.span)
    added = []
    for quote in quotes:
        if not quote.source or len(quote.speaker) != 1:
            continue
        key = (quote.source, quote.speaker[0])
        if key in known or any(covers(quote.source, span) for span in named.get(key[1], [])):
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
