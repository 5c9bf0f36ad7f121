"""The page that lists every measure (docs/MEASURES.md), from the tasks themselves."""

from onrecord.benchmark.measures import KINDS, Measure
from onrecord.benchmark.tasks import TASKS


def render_measures() -> str:
    """The page as Markdown."""
    lines = [
        "# Measures",
        "",
        "What `onrecord score` measures, by task; how, is in [BENCHMARK.md](BENCHMARK.md). One of",
        "kind f1 has three numbers: `name.precision`, `name.recall` and `name.f1`, or these alone",
        "where the name is empty. The headline is what `onrecord compare` tests. What a measure",
        "needs, a corpus must annotate. This page is what `onrecord score --measures` prints.",
        "",
        "| kind | is |",
        "| --- | --- |",
        *[f"| {kind} | {meaning} |" for kind, meaning in KINDS.items()],
    ]
    for task in TASKS:
        fields = ", ".join(
            f"`{name}` {getattr(task.config, name)}" for name in task.config.__struct_fields__
        )
        lines += [
            "",
            f"## {task.name}",
            f"{task.meaning} Parameters: {fields}. Headline: `{task.headline}`.",
            "",
            "| measure | kind | what | needs |",
            "| --- | --- | --- | --- |",
            *[_row(measure) for measure in task.measures if measure.role != "part"],
        ]
    return "\n".join(lines) + "\n"


def _row(measure: Measure) -> str:
    name = f"`{measure.name}`" if measure.name else "(empty)"
    needs = ", ".join(f"`{need}`" for need in measure.needs)
    return f"| {name} | {measure.kind} | {measure.meaning} | {needs} |"
