"""The page of all measures, from the tasks themselves (in docs/BENCHMARK.md)."""

from collections.abc import Iterable

from onrecord.benchmark.measures import Task


def render_measures(tasks: Iterable[Task]) -> str:
    """Every task with its parameters and measures, as Markdown."""
    lines: list[str] = []
    for task in tasks:
        fields = task.config.__struct_fields__
        parameters = ", ".join(f"`{name}` {getattr(task.config, name)}" for name in fields)
        lines += [f"### {task.name}", f"{task.meaning} Parameters: {parameters}.", ""]
        lines += ["| measure | what |", "| --- | --- |"]
        for measure in task.measures:
            if measure.role != "part":
                name = measure.name or "(none)"
                suffix = f"`{name}` .precision .recall .f1" if measure.kind == "f1" else f"`{name}`"
                lines.append(f"| {suffix} | {measure.meaning} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"
