"""The words that the editor, its results and our records share: labels and controls by name.

A *region* is a stretch of the text with one label. Its *fields* are what per-region controls hold.
Labels are the names of the model's span fields; controls are named after the fields they fill.
"""

from typing import Final, NamedTuple, get_args

from onrecord.model import (
    QUOTE_SPANS,
    Act,
    Basis,
    Carrier,
    Join,
    MarkKind,
    MentionForm,
    QuoteForm,
    StanceLabel,
    Status,
)

TEXT: Final = "text"
"""Name of the object tag, and the key of the article's text in a task's data."""
SPAN: Final = "span"
"""Name of the control whose labels make regions."""

CONTENT: Final = "content"
BESIDE: Final = tuple(name for name in QUOTE_SPANS if name != CONTENT)
"""Labels that belong to a content, by a relation to it."""
FRAGMENT: Final = "fragment"
"""A further piece of a discontinuous span, by a relation to its first piece."""
MENTION: Final = "mention"
MARK: Final = "mark"
SHOWING: Final = ("evidence", "condition")
"""Labels that belong to stances, by a relation to the content and the field `towards`."""
DISPUTED: Final = "disputed"
"""Under the content of a quote to decide on; only where layers are adjudicated."""
LABELS: Final = (*QUOTE_SPANS, FRAGMENT, MENTION, MARK, *SHOWING, DISPUTED)

ISSUES: Final = ("issue_1", "issue_2", "issue_3")
LOCALS: Final = ("local_1", "local_2", "local_3")
SLOTS: Final = ISSUES + LOCALS
"""Where a content's stances stand: one an issue, and up to three towards local targets."""

RELATIONS: Final = ("continues", "repeats", "parent")
"""Between two contents; every other relation is understood from what it joins."""

VERDICTS: Final = ("accept", "reject")
"""What an adjudicator says of a quote that not all layers have."""


class Control(NamedTuple):
    """A per-region control: the labels it goes with, and its choices or None for free text.

    `definitions` is the key of the choices' meanings in labels.json.
    """

    labels: tuple[str, ...]
    choices: tuple[str, ...] | None = None
    definitions: str = ""
    multiple: bool = False


def _stance_controls(slot: str) -> dict[str, Control]:
    found = {
        slot: Control((CONTENT,), get_args(StanceLabel), "stance.label"),
        f"{slot}_basis": Control((CONTENT,), get_args(Basis), "stance.basis"),
        f"{slot}_carrier": Control((CONTENT,), get_args(Carrier), "stance.carrier"),
        f"{slot}_note": Control((CONTENT,)),
    }
    return found | ({f"{slot}_target": Control((CONTENT,))} if slot in LOCALS else {})


CONTROLS: Final[dict[str, Control]] = {
    # The choices of `speaker` are the task's own: the registry's speakers that its text names.
    "speaker": Control((CONTENT, MENTION), multiple=True),
    "new_speaker": Control((CONTENT, MENTION), multiple=True),
    "join": Control((CONTENT,), get_args(Join), "quote.join"),
    "act": Control((CONTENT,), get_args(Act), "quote.act"),
    "form": Control((CONTENT,), get_args(QuoteForm), "quote.form"),
    "status": Control((CONTENT,), get_args(Status), "quote.status"),
    "doubtful": Control((CONTENT,), ("doubtful",)),
    "note": Control((CONTENT,)),
    "verdict": Control((CONTENT,), VERDICTS),
    "mention_form": Control((MENTION,), get_args(MentionForm), "mention.form"),
    "kind": Control((MARK,), get_args(MarkKind), "mark.kind"),
    "towards": Control(SHOWING, SLOTS, multiple=True),
} | {name: control for slot in SLOTS for name, control in _stance_controls(slot).items()}
