"""The tasks, a module each: a declaration and one counting function. A new one is one line here."""

from typing import Final

from onrecord.benchmark.measures import Task
from onrecord.benchmark.tasks import (
    attributes,
    challenge,
    detection,
    harm,
    joint,
    spans,
    speaker,
    stance,
)

TASKS: Final[tuple[Task, ...]] = (
    detection.TASK,
    attributes.TASK,
    spans.TASK,
    speaker.TASK,
    stance.TASK,
    joint.TASK,
    harm.TASK,
    challenge.TASK,
)
