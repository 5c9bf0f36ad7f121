"""A Hugging Face model for token classification, from a local folder (safetensors only).

Tokens of one label in a row are a span; each content takes the nearest cue in its paragraphs, and
the source nearest to that. Paragraphs are read one by one, and long ones in windows that overlap.
"""

from pathlib import Path
from typing import Any

from onrecord.extractors import PlainArticle
from onrecord.extractors.catalogue import needs
from onrecord.extractors.linking import Place, link
from onrecord.issues import MisuseError
from onrecord.predictions import PredictedQuote
from onrecord.text import Paragraphs


class TokenClassification:
    """An adapter to any model whose labels are `B-`/`I-` or plain names of content, cue, source."""

    name = "huggingface"

    def __init__(
        self,
        model: str,
        content: str = "content",
        cue: str = "cue",
        source: str = "source",
        stride: int = 64,
    ) -> None:
        """Load a folder; raises `MisuseError` where it holds no such model, or not these labels.

        `stride` is the overlap of windows, in the model's tokens.
        """
        try:
            import transformers
        except ImportError as error:
            raise needs("huggingface", error) from None
        self._find = _pipeline(Path(model), stride)
        config = self._find.model.config
        labels = {name.removeprefix("B-").removeprefix("I-") for name in config.label2id}
        if content not in labels:
            known = ", ".join(sorted(labels))
            raise MisuseError(f"{model} has no label {content!r}; its labels are: {known}")
        self._labels = (content, cue, source)
        self.version = f"transformers {transformers.__version__}, {config.model_type}"

    def extract(self, article: PlainArticle) -> list[PredictedQuote]:
        """The quotes of one article."""
        text = article.text
        found: dict[str, list[Place]] = {label: [] for label in self._labels}
        for start, end in Paragraphs(text).bounds:
            groups = self._find(text[start:end]) if text[start:end].strip() else []
            for group in groups:
                place = start + int(group["start"]), start + int(group["end"])
                found.setdefault(group["entity_group"], []).append(place)
        contents, cues, sources = (found[label] for label in self._labels)
        return list(link(text, contents, cues, sources))


def _pipeline(folder: Path, stride: int) -> Any:
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline
    from transformers.utils.logging import disable_progress_bar

    if not (folder / "config.json").is_file():
        raise MisuseError(f"{folder}: is no folder of a model (it has no config.json)")
    disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForTokenClassification.from_pretrained(
            folder, local_files_only=True, use_safetensors=True
        )
        if not tokenizer.is_fast:
            raise ValueError("its tokenizer gives no offsets; save a fast one")
        return pipeline(
            "token-classification",
            model=model,
            tokenizer=tokenizer,
            aggregation_strategy="simple",
            stride=stride,
        )
    except (OSError, ValueError, KeyError) as error:
        raise MisuseError(f"{folder}: {str(error).splitlines()[0]}") from None
