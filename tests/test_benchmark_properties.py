"""What holds for any article and any prediction."""

import gc

import hypothesis.strategies as st
import msgspec
from hypothesis import assume, given

from benchmark_strategies import case_of, gold_articles, pairs
from onrecord.benchmark.measures import names_of
from onrecord.benchmark.predictions import gold_prediction
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.tasks import TASKS, detection
from onrecord.benchmark.units import Tokens, within
from onrecord.model import Fragment
from onrecord.predictions import PredictedQuote
from onrecord.records import AnnotatedArticle
from onrecord.text import inside_word
from strategies import modest

ARTICLE_TASKS = [task for task in TASKS if task.over == "article"]
PRECISIONS = [
    name
    for name in names_of(detection.TASK, "score")
    if name.endswith("precision") and not name.startswith(("type.", "nesting."))
]


def values_of(*cases) -> dict[str, dict[str, float | None]]:
    scorer = Scorer(ARTICLE_TASKS)
    for case in cases:
        scorer.add(case)
    return scorer.values()


def counts_of(case) -> dict:
    return {task.name: dict(task.count(case, task.config)) for task in ARTICLE_TASKS}


@modest(25)
@given(gold_articles)
def test_gold_as_prediction_is_perfect_and_harmless(article: AnnotatedArticle) -> None:
    values = values_of(case_of(article, gold_prediction(article).quotes))
    for task in ARTICLE_TASKS:
        best = 0 if task.name == "harm" else 1
        scores = {name: values[task.name][name] for name in names_of(task, "score")}
        assert {name: value for name, value in scores.items() if value not in (None, best)} == {}
    if article.quotes:
        assert values["detection"]["all.f1"] == 1


@modest(25)
@given(pairs, st.randoms(use_true_random=False))
def test_order_changes_nothing(pair, random) -> None:
    article, prediction = pair
    quotes, gold, mentions = (
        random.sample(items, len(items))
        for items in (prediction.quotes, article.quotes, article.mentions)
    )
    other = msgspec.structs.replace(article, quotes=tuple(gold), mentions=tuple(mentions))
    assert counts_of(case_of(other, quotes)) == counts_of(case_of(article, prediction.quotes))


@modest(25)
@given(pairs, st.data())
def test_a_spurious_quote_never_raises_precision(pair, data) -> None:
    article, prediction = pair
    before = case_of(article, prediction.quotes)
    gold = [unit for units in before.gold.contents for unit in units]
    free = [
        word
        for word in range(len(before.gold.tokens.starts))
        if not any(within(((word, word + 1),), (units,)) for units in gold)
    ]
    assume(free)
    start = before.gold.tokens.starts[data.draw(st.sampled_from(free))]
    spurious = PredictedQuote(content=(Fragment(start=start, end=start + 1),))
    after = case_of(article, [*prediction.quotes, spurious])
    old, new = values_of(before)["detection"], values_of(after)["detection"]
    for name in PRECISIONS:
        if old[name] is not None:
            assert new[name] <= old[name] + 1e-12, name
        recall = name.replace("precision", "recall")
        assert new[recall] == old[recall], recall


@modest(25)
@given(pairs, st.data())
def test_a_fragment_cut_in_two_is_the_same_quote(pair, data) -> None:
    """At attribution level: fragments of one quote, without anything left out, make no difference."""
    article, prediction = pair
    text = article.text or ""
    cut = []
    for quote in prediction.quotes:
        first, *rest = quote.content
        at = data.draw(st.integers(first.start, first.end))
        if first.start < at < first.end and not inside_word(text, at):
            parts = (Fragment(start=first.start, end=at), Fragment(start=at, end=first.end))
            quote = msgspec.structs.replace(quote, content=(*parts, *rest))
        cut.append(quote)
    one, other = counts_of(case_of(article, cut)), counts_of(case_of(article, prediction.quotes))
    for name in ("", "strict", "exact", "partial", "token", "all"):
        assert one["detection"][name] == other["detection"][name], name


@modest(25)
@given(pairs)
def test_pieces_do_not_care_which_quote_they_belong_to(pair) -> None:
    article, prediction = pair
    parts = [part for quote in prediction.quotes for part in quote.content]
    tokens = Tokens(article.text)
    # A content without a word counts code points, a wordless part beside words does not count.
    assume(all(start >= 0 for (units,) in map(tokens.pieces, zip(parts)) for start, _ in units))
    apart = [PredictedQuote(content=(part,)) for part in parts]
    together = [PredictedQuote(content=tuple(part.content[0] for part in apart))] if apart else []
    counts = [
        counts_of(case_of(article, quotes))["detection"]
        for quotes in (prediction.quotes, apart, together)
    ]
    for name in ("piece", "piece_exact", "token"):
        assert counts[0][name] == counts[1][name] == counts[2][name], name


@modest(25)
@given(pairs, pairs)
def test_one_long_article_counts_what_its_parts_count(one, other) -> None:
    long_case = case_of(*_merged(one, other))
    parts = [case_of(article, prediction.quotes) for article, prediction in (one, other)]
    merged = detection.TASK.count(long_case, detection.TASK.config)
    counts = [detection.TASK.count(case, detection.TASK.config) for case in parts]
    for name, values in merged.items():
        assert values == tuple(map(sum, zip(counts[0][name], counts[1][name], strict=True))), name


def _merged(one, other) -> tuple[AnnotatedArticle, list[PredictedQuote]]:
    """Two articles as one: the second's offsets moved, its ids renamed."""
    (first, predicted), (second, more) = one, other
    text = f"{first.text}\n\n"
    length = len(text)

    def moved(span):
        return tuple(
            Fragment(start=part.start + length, end=part.end + length) for part in span or ()
        )

    quotes = [
        msgspec.structs.replace(
            quote,
            id=f"second-{quote.id}",
            content=moved(quote.content),
            cue=moved(quote.cue),
            source=moved(quote.source),
        )
        for quote in second.quotes
    ]
    predictions = [
        msgspec.structs.replace(
            quote,
            content=moved(quote.content),
            cue=moved(quote.cue) or None,
            source=moved(quote.source) or None,
        )
        for quote in more.quotes
    ]
    article = msgspec.structs.replace(
        first, text=text + (second.text or ""), quotes=(*first.quotes, *quotes), mentions=()
    )
    return article, [*predicted.quotes, *predictions]


@modest(25)
@given(st.lists(pairs, min_size=1, max_size=4))
def test_scores_are_proportions_and_counts_add_up(several) -> None:
    cases = [case_of(article, prediction.quotes) for article, prediction in several]
    values = values_of(*cases)
    for task in ARTICLE_TASKS:
        highest = 100 if task.name == "harm" else 1
        for name in names_of(task, "score"):
            value = values[task.name][name]
            assert value is None or -1e-12 <= value <= highest + 1e-12, (task.name, name)
    hits, predicted, gold = (
        sum(detection.TASK.count(case, detection.TASK.config)["all"][place] for case in cases)
        for place in range(3)
    )
    if predicted + gold:
        assert values["detection"]["all.f1"] == 2 * hits / (predicted + gold)


@modest(5)
@given(pairs)
def test_a_case_leaves_nothing_to_the_garbage_collector(pair) -> None:
    """Evaluation switches the collector off: memory stays flat only without cycles."""
    article, prediction = pair
    counts_of(case_of(article, prediction.quotes))
    gc.collect()
    counts_of(case_of(article, prediction.quotes))
    assert gc.collect() == 0
