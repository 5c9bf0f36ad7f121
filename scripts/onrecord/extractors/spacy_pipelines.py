"""spaCy pipelines, loaded by name or folder, and their tokens as spans of a text."""

from collections.abc import Iterable
from typing import Any, Final

from onrecord.extractors.catalogue import needs
from onrecord.issues import MisuseError
from onrecord.model import Span
from onrecord.text import fragment

_SAMPLE: Final = "“The bridge is old,” she said."


def load_pipeline(name: str, annotates: Iterable[str] = ()) -> Any:
    """The pipeline installed under a name or in a folder.

    Raises `MisuseError` where there is none, or where it does not set one of `annotates` (such as
    `DEP`), which is tried on a sentence.
    """
    try:
        import spacy
    except ImportError as error:
        raise needs("spacy", error) from None
    try:
        pipeline = spacy.load(name)
    except (OSError, ValueError) as error:
        raise MisuseError(f"{name} is no spaCy pipeline: {str(error).splitlines()[0]}") from None
    sample = pipeline(_SAMPLE)
    lacking = [each for each in annotates if not sample.has_annotation(each)]
    if lacking:
        raise MisuseError(f"{name} does not set {', '.join(lacking)}; name a pipeline that does")
    return pipeline


def described(pipeline: Any) -> str:
    """spaCy's version, and name and version of the pipeline."""
    import spacy

    meta = pipeline.meta
    return f"spacy {spacy.__version__}, {meta['lang']}_{meta['name']} {meta['version']}"


def span_of(text: str, tokens: Iterable[Any], offset: int = 0) -> Span:
    """Tokens of a Doc that begins at `offset` of `text`, as a span: a fragment a run of them."""
    runs: list[list[Any]] = []
    for token in sorted(tokens, key=lambda token: token.i):
        if runs and token.i == runs[-1][-1].i + 1:
            runs[-1].append(token)
        elif not runs or token.i > runs[-1][-1].i:
            runs.append([token])
    return tuple(
        fragment(text, offset + run[0].idx, offset + run[-1].idx + len(run[-1])) for run in runs
    )
