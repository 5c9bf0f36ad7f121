"""A trained spaCy SpanCategorizer: labelled spans, which need not be apart, linked by nearness.

Of contents that overlap the more certain one is kept; each takes the nearest cue in its paragraphs,
and the source nearest to that.
"""

from typing import Any

from onrecord.extractors import PlainArticle
from onrecord.extractors.linking import Place, link
from onrecord.extractors.spacy_pipelines import described, load_pipeline
from onrecord.issues import MisuseError
from onrecord.predictions import PredictedQuote


class SpanCategorizer:
    """An adapter to any pipeline that fills `doc.spans[key]`; labels as it names them."""

    name = "spancat"

    def __init__(
        self,
        pipeline: str,
        key: str = "sc",
        content: str = "content",
        cue: str = "cue",
        source: str = "source",
    ) -> None:
        """Load the pipeline; raises `MisuseError` where no component of it has the label."""
        self._pipeline = load_pipeline(pipeline)
        labels = {label for each in self._pipeline.pipe_labels.values() for label in each}
        if content not in labels:
            known = ", ".join(sorted(labels)) or "none"
            raise MisuseError(f"{pipeline} has no label {content!r}; its labels are: {known}")
        self._key, self._labels = key, (content, cue, source)
        self.version = described(self._pipeline)

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article; raises `KeyError` where the pipeline fills another key."""
        doc = self._pipeline(article.text)  # Its spans die with it.
        group = doc.spans[self._key]
        scores = group.attrs.get("scores")
        certain = list(scores) if scores is not None else [0.0] * len(group)
        ranked = sorted(zip(certain, group, strict=True), key=_certain_and_long)
        contents, cues, sources = (
            [(span.start_char, span.end_char) for _, span in ranked if span.label_ == label]
            for label in self._labels
        )
        return list(link(article.text, sorted(apart(contents)), cues, sources))


def _certain_and_long(scored: tuple[Any, Any]) -> tuple[float, int, int]:
    score, span = scored
    return -float(score), span.start_char - span.end_char, span.start_char


def apart(places: list[Place]) -> list[Place]:
    """Places that overlap none before them."""
    kept: list[Place] = []
    for start, end in places:
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end))
    return kept
