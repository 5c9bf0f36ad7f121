"""Generated articles with predictions of any quality, for the property tests of the benchmark."""

from typing import Any

import hypothesis.strategies as st
import msgspec

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.cases import Case, GoldArticle
from onrecord.benchmark.names import Registry
from onrecord.benchmark.predictions import gold_prediction, locate
from onrecord.model import (
    Act,
    Article,
    Fragment,
    Gold,
    QuoteForm,
    Speaker,
    StanceLabel,
    Status,
    Target,
)
from onrecord.predictions import PredictedQuote, Prediction
from onrecord.records import AnnotatedArticle
from onrecord.rows import article_row
from strategies import SPEAKERS, TARGETS, articles

REGISTRY = Registry(
    {each["id"]: msgspec.convert(each, Speaker) for each in SPEAKERS},
    {each["id"]: msgspec.convert(each, Target) for each in TARGETS},
)
_speakers = st.lists(
    st.sampled_from(["s-1", "s-2", "Señor 𝔘", "漢字", "Nobody", "Señor 👍🏽"]), max_size=2
)


def annotated(document: dict[str, Any]) -> AnnotatedArticle:
    """The gold of a generated document as users read it."""
    row = article_row(
        msgspec.convert(document["article"], Article),
        document["split"],
        document["text"],
        msgspec.convert(document["gold"], Gold),
        REGISTRY.speakers,
        REGISTRY.targets,
    )
    return msgspec.convert(row, AnnotatedArticle)


gold_articles = articles(0).map(annotated)


@st.composite
def spans(draw: st.DrawFn, length: int) -> tuple[Fragment, ...]:
    """One or two stretches of a text, in order."""
    ends = sorted(draw(st.sets(st.integers(0, length), min_size=4, max_size=4)))
    parts = (Fragment(start=ends[0], end=ends[1]), Fragment(start=ends[2], end=ends[3]))
    return parts[: draw(st.integers(1, 2))]


@st.composite
def predictions(draw: st.DrawFn, article: AnnotatedArticle) -> Prediction:
    """The gold with quotes dropped, moved, doubled, relabelled and made up."""
    length = len(article.text or "")
    quotes = []
    for quote in gold_prediction(article).quotes:
        fate = draw(st.sampled_from(["keep", "keep", "drop", "move", "double", "label"]))
        if fate == "move":
            quote = msgspec.structs.replace(quote, content=draw(spans(length)))
        elif fate == "label":
            quote = draw(relabelled(quote))
        quotes += {"drop": [], "double": [quote, quote]}.get(fate, [quote])
    for content in draw(st.lists(spans(length), max_size=2)):
        quotes.append(PredictedQuote(content=content, speaker=tuple(draw(_speakers))))
    return Prediction(article_id=article.id, quotes=tuple(quotes))


def relabelled(quote: PredictedQuote) -> st.SearchStrategy[PredictedQuote]:
    """The same words with any labels and speakers."""
    return st.builds(
        lambda speaker, act, form, status, label: msgspec.structs.replace(
            quote,
            speaker=tuple(speaker),
            act=act,
            form=form,
            status=status,
            stances=tuple(msgspec.structs.replace(stance, label=label) for stance in quote.stances),
        ),
        _speakers,
        st.none() | st.sampled_from(Act.__args__),
        st.none() | st.sampled_from(QuoteForm.__args__),
        st.none() | st.sampled_from(Status.__args__),
        st.sampled_from(StanceLabel.__args__),
    )


pairs = gold_articles.flatmap(lambda article: st.tuples(st.just(article), predictions(article)))


def case_of(article: AnnotatedArticle, quotes: Any) -> Case:
    """An article and predicted quotes as tasks see them."""
    gold = GoldArticle(article, REGISTRY)
    return Case(gold, locate(tuple(quotes), gold.text, AlignConfig()).quotes)
