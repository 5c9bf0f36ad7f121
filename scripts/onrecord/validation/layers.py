"""Grade 5: whose annotation it is."""

from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue
from onrecord.validation.subject import Check, Subject


def check_guidelines(subject: Subject) -> Iterator[Issue]:
    """A layer made for a corpus of ours names its guidelines; an imported one followed others."""
    layer = subject.annotation.layer
    if (layer.guidelines is None) != (layer.kind == "imported"):
        yield subject.issue(
            "layer-guidelines",
            "/layer/guidelines",
            f"the layer is {layer.kind} and has guidelines {layer.guidelines or 'null'}",
            "give the version of the guidelines followed; null for imported layers",
        )


CHECKS: Final = (
    Check(
        grade=5,
        run=check_guidelines,
        codes={
            "layer-guidelines": "A layer names its guidelines, and an imported one none of ours."
        },
    ),
)
