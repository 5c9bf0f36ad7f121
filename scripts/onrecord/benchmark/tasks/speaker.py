"""M3: who said it.

Whom a predicted speaker stands for is settled in `names`. `entity` asks who it is, `mention` is
content with any mention of them. Several speakers count by set F1. The gold may name nobody: then
silence is right.

given: over all gold quotes, each answered by the prediction with exactly its content, as an
extractor hands back that was given the gold contents. matched: over the quotes found. End to end: a
quote found with its speaker, as F1 over quotes of tier 1.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple, get_args

from onrecord.benchmark.cases import Case
from onrecord.benchmark.measures import Counts, Task, f1, share
from onrecord.model import Attribution, Record


class SpeakerConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


class Credit(NamedTuple):
    """How right a speaker is, from 0 to 1."""

    entity: float
    mention: float


def count(case: Case, config: SpeakerConfig) -> Counts:
    """Credit and denominators for each setting."""
    found = {
        row: Credit(case.speaker_credit(row, edge.column), case.mention_credit(row, edge.column))
        for row, edge in case.pairs(config.found).items()
    }
    return {
        **_end_to_end(case, found, config),
        **_matched(case, found, config),
        **_given(case, found, config),
    }


def _end_to_end(case: Case, found: Mapping[int, Credit], config: SpeakerConfig) -> Counts:
    """Quotes found with their speaker; tier-2 gold leaves with its partners."""
    leaving = case.gold.second_tier
    kept = [credit for row, credit in found.items() if row not in leaving]
    predicted = len(case.judged(config.found)) - (len(found) - len(kept))
    golds = len(case.gold.quotes) - len(leaving)
    return {
        "": (sum(credit.entity for credit in kept), predicted, golds),
        "mention": (sum(credit.mention for credit in kept), predicted, golds),
    }


def _matched(case: Case, found: Mapping[int, Credit], config: SpeakerConfig) -> Counts:
    """On the quotes found: the speaker, by attribution, and the decision to name somebody."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0])
    for row, edge in case.pairs(config.found).items():
        quote, offered = case.gold.quotes[row], bool(case.answers[edge.column])
        _add(sums["abstention"], offered == bool(quote.speaker))
        if not quote.speaker:
            continue
        _add(sums["matched.entity"], found[row].entity)
        _add(sums["matched.mention"], found[row].mention)
        if offered:
            _add(sums["answered"], found[row].entity)
        if quote.attribution:
            _add(sums[f"attribution.{quote.attribution}"], found[row].entity)
    return {name: tuple(pair) for name, pair in sums.items()}


def _add(sums: list[float], credit: float) -> None:
    sums[0] += credit
    sums[1] += 1


def _given(case: Case, found: Mapping[int, Credit], config: SpeakerConfig) -> Counts:
    """Gold quotes with a speaker, where the prediction has exactly their content."""
    exact, pairs = case.pairs(1.0), case.pairs(config.found)
    rows = [row for row, quote in enumerate(case.gold.quotes) if quote.speaker]
    handed = [
        found[row]
        if exact[row] == pairs.get(row)
        else Credit(
            case.speaker_credit(row, exact[row].column), case.mention_credit(row, exact[row].column)
        )
        for row in rows
        if row in exact
    ]
    return {
        "given.entity": (sum(credit.entity for credit in handed), len(rows)),
        "given.mention": (sum(credit.mention for credit in handed), len(rows)),
        "given.coverage": (len(handed), len(rows)),
    }


_NEEDS: Final = ("quotes.speaker",)
TASK: Final = Task(
    name="speaker",
    meaning="Who said it: given the quotes, on the quotes found, and end to end.",
    config=SpeakerConfig(),
    count=count,
    headline="f1",
    measures=(
        f1(
            "",
            "quotes found with the right speaker, end to end",
            needs=(*_NEEDS, "quotes.content"),
            precision_needs=("quotes",),
        ),
        f1(
            "mention",
            "quotes found with any mention of the right speaker, end to end",
            needs=(*_NEEDS, "quotes.content"),
            precision_needs=("quotes",),
        ),
        share("given.entity", "speaker identified, given the gold contents", needs=_NEEDS),
        share("given.mention", "any mention of the speaker, given the contents", needs=_NEEDS),
        share("given.coverage", "gold contents handed back word for word", needs=_NEEDS),
        share("matched.entity", "speaker identified, on the quotes found", needs=_NEEDS),
        share("matched.mention", "any mention of the speaker, on the quotes found", needs=_NEEDS),
        *[
            share(
                f"attribution.{name}",
                f"speaker identified, on found quotes with {name} attribution",
                needs=(*_NEEDS, "mentions"),
            )
            for name in get_args(Attribution)
        ],
        share("answered", "speaker identified, on found quotes where one is offered", needs=_NEEDS),
        share(
            "abstention",
            "a speaker is offered if the text names one, and none if not, on the quotes found",
            needs=(*_NEEDS, "quotes.source"),
        ),
    ),
)
