"""What a check sees: one annotation with its text and the registries, and how it reports."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from onrecord.derived import Extent, derive, speech_marks, stored
from onrecord.issues import Issue
from onrecord.model import Annotation, Derived, Mark, Quote, Rights, Speaker, Target
from onrecord.text import Paragraphs


@dataclass
class Subject:
    """One annotation under check. `text` is None for a licensed article without its text."""

    file: str
    pointer: str
    annotation: Annotation
    text: str | None
    length: int
    rights: Rights
    speakers: Mapping[str, Speaker] | None
    targets: Mapping[str, Target] | None
    incomplete: frozenset[str]

    def issue(self, code: str, pointer: str, message: str, hint: str = "") -> Issue:
        """A finding at `pointer` inside the annotation."""
        return Issue(
            file=self.file, pointer=self.pointer + pointer, code=code, message=message, hint=hint
        )

    def expects(self, kind: str, field: str = "") -> bool:
        """Whether the corpus claims to annotate this kind of record, or this field of it."""
        return kind not in self.incomplete and f"{kind}.{field}" not in self.incomplete

    @cached_property
    def quotes(self) -> dict[str, Quote]:
        """The quotes by id."""
        return {quote.id: quote for quote in self.annotation.quotes}

    @cached_property
    def paragraphs(self) -> Paragraphs:
        """The paragraphs of the text; only where there is one."""
        return Paragraphs(self.text or "")

    @cached_property
    def own_marks(self) -> dict[str, list[Extent]]:
        """The extents of every quote's own speech marks; only where there is a text."""
        return speech_marks(self.text or "", self.annotation)

    @cached_property
    def derived(self) -> dict[str, Derived]:
        """The computed fields of every quote: from the text, or as stored where there is none."""
        if self.text is not None:
            return derive(self.text, self.annotation)
        return stored(self.annotation)

    def extent(self, mark: Mark) -> Extent:
        """What a mark encloses, its own characters included."""
        return self.paragraphs.extent(mark)


class Check(NamedTuple):
    """A check of one annotation. Higher grades run only where all lower ones found nothing."""

    grade: int
    run: Callable[[Subject], Iterator[Issue]]
    codes: Mapping[str, str]
    needs_text: bool = False
