"""textacy's `direct_quotations` (0.13) on any spaCy pipeline with tagger, parser and lemmas.

It refuses a text with an odd number of marks, so a stray one costs the whole article; read by
paragraph, as here by default, it costs that paragraph, and `counts` says how many did. What it
finds is left as it is: it joins no halves and gives the head of a speaker with its compounds.
"""

from collections import Counter

from onrecord.extractors import PlainArticle
from onrecord.extractors.catalogue import needs
from onrecord.extractors.spacy_pipelines import described, load_pipeline, span_of
from onrecord.issues import MisuseError
from onrecord.predictions import PredictedQuote
from onrecord.text import Paragraphs


class DirectQuotations:
    """An adapter to textacy. `whole` gives it the whole article, and then raises as it does."""

    name = "textacy"

    def __init__(self, pipeline: str, whole: bool = False) -> None:
        """Load the pipeline; raises `MisuseError` where it cannot do what textacy needs."""
        try:
            import textacy
            from textacy.constants import REPORTING_VERBS
            from textacy.extract import direct_quotations
        except ImportError as error:
            raise needs("spacy", error) from None
        self._pipeline = load_pipeline(pipeline, ("POS", "DEP", "LEMMA"))
        if self._pipeline.lang not in REPORTING_VERBS:
            raise MisuseError(f"textacy has no reporting verbs for {self._pipeline.lang!r}")
        self._direct_quotations = direct_quotations
        self._whole = whole
        self.version = f"textacy {textacy.__version__}, {described(self._pipeline)}"
        self.counts: Counter[str] = Counter()

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """Direct quotes with speaker and cue; raises `ValueError` as textacy does if `whole`."""
        text, quotes = article.text, []
        for start, end in [(0, len(text))] if self._whole else Paragraphs(text).bounds:
            doc = self._pipeline(text[start:end])
            try:
                found = list(self._direct_quotations(doc))
            except ValueError:
                if self._whole:
                    raise
                self.counts["paragraphs refused"] += 1
                continue
            quotes += [
                PredictedQuote(
                    content=span_of(text, triple.content, start),
                    cue=span_of(text, triple.cue, start),
                    source=span_of(text, triple.speaker, start),
                )
                for triple in found
            ]
        return quotes
