"""The signature: every field of every configuration, parsed back, and checked."""

import msgspec
import pytest

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.scoring import Method
from onrecord.benchmark.signature import (
    Ground,
    Signature,
    configs_of,
    differences,
    parse_signature,
    with_configs,
)
from onrecord.benchmark.tasks import TASKS
from onrecord.issues import MisuseError

GROUND = Ground(
    onrecord="0.1.0",
    data="0.1.0",
    content="0123456789abcdef",
    split="test",
    articles=2,
    passages=4,
    licensed_excluded=1,
    incomplete="marks+quotes.act",
    unit="story",
    units=2,
    resamples=10_000,
    seed=12345,
)
SIGNATURE = Signature(ground=GROUND, configs=configs_of(AlignConfig(), TASKS))


def other(value: object) -> object:
    """Another value of the same type."""
    return f"{value}x" if isinstance(value, str) else type(value)(value * 2 + 1)  # type: ignore


def test_printed_and_parsed_back() -> None:
    text = str(SIGNATURE)
    assert parse_signature(text, TASKS) == SIGNATURE
    assert "\n" not in text and "detection:found=0.5,strict=0.8" in text


@pytest.mark.parametrize("field", Ground.__struct_fields__)
def test_every_field_of_the_ground_shows(field: str) -> None:
    changed = msgspec.structs.replace(GROUND, **{field: other(getattr(GROUND, field))})
    signature = msgspec.structs.replace(SIGNATURE, ground=changed)
    assert str(signature) != str(SIGNATURE)
    assert parse_signature(str(signature), TASKS) == signature
    assert [issue.pointer for issue in differences(SIGNATURE, signature)] == [f"/{field}"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, field)
        for name, config in SIGNATURE.configs.items()
        for field in config.__struct_fields__
    ],
)
def test_every_parameter_of_every_task_shows_and_is_used_again(name: str, field: str) -> None:
    config = SIGNATURE.configs[name]
    changed = msgspec.structs.replace(config, **{field: 0.25})
    signature = msgspec.structs.replace(SIGNATURE, configs={**SIGNATURE.configs, name: changed})
    assert str(signature) != str(SIGNATURE)
    read = parse_signature(str(signature), TASKS)
    assert read.configs[name] == changed
    used = {task.name: task.config for task in with_configs(TASKS, read)}
    assert name == "alignment" or used[name] == changed


def test_a_new_field_of_a_configuration_appears_by_itself() -> None:
    class LongerConfig(type(TASKS[0].config), frozen=True, kw_only=True):  # type: ignore
        depth: int = 3

    longer = msgspec.structs.replace(TASKS[0], config=LongerConfig())
    configs = configs_of(AlignConfig(), (longer, *TASKS[1:]))
    assert "strict=0.8,depth=3" in str(Signature(ground=GROUND, configs=configs))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "a:b|c:d",
        str(SIGNATURE) + "|more:1",
        str(SIGNATURE).replace("strict=0.8", "strict=much"),
        str(SIGNATURE).replace(",strict=0.8", ""),
        str(SIGNATURE).replace("seed:12345", "seed:__import__('os')"),
    ],
)
def test_what_is_no_signature_is_misuse(text: str) -> None:
    with pytest.raises(MisuseError, match="not a signature"):
        parse_signature(text, TASKS)


def test_tasks_have_names_and_headlines_of_their_own() -> None:
    from onrecord.benchmark.measures import names_of

    names = [task.name for task in TASKS]
    assert len(set(names)) == len(names)
    for task in TASKS:
        listed = names_of(task, "score")
        assert task.headline in listed and len(set(listed)) == len(listed)
    assert Method().tasks == TASKS
