"""`onrecord score --report DIR`: pages for whoever has to improve an extractor.

A folder that a browser opens from disk: `index.html` with figures and lists, a page an article in
`articles/`, `quotes.js` with what became of every quote (for filters, and for stepping from error
to error across pages), and `result.json`. Nothing on a page comes from elsewhere: a content
security policy allows the folder's own files alone, and everything that comes from articles or
predictions is escaped by the template engine.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from onrecord.benchmark.report.pages import Pages
from onrecord.benchmark.scoring import Result, method_of, score
from onrecord.benchmark.signature import parse_signature
from onrecord.benchmark.tasks import TASKS, detection
from onrecord.files import staged_folder
from onrecord.issues import MisuseError

RESULT: Final = "result.json"
_OURS: Final = frozenset({"articles", "index.html", "quotes.js", "report.css", "report.js", RESULT})


def write_report(
    folder: Path,
    predictions: Path,
    corpus: str | Path | None = None,
    *,
    split: str | None = None,
    signature: str | None = None,
    texts: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Score as `score` does, and write the pages into `folder`, whole or not at all.

    Raises `MisuseError` where the folder holds anything but an earlier report, and what `score`
    raises.
    """
    _refuse_foreign(folder)
    with staged_folder(folder) as stage:
        pages = Pages(stage, _found(split, signature))
        result = score(
            predictions,
            corpus,
            split=split,
            signature=signature,
            texts=texts,
            observe=pages.add,
            progress=progress,
        )
        pages.finish(predictions.name, result)
        (stage / RESULT).write_bytes(msgspec.json.encode(result))
    return result


def _found(split: str | None, signature: str | None) -> float:
    """From which Jaccard index on a quote counts as found."""
    method = method_of(parse_signature(signature, TASKS) if signature else None, split)
    (config,) = [task.config for task in method.tasks if task.name == detection.TASK.name]
    assert isinstance(config, detection.DetectionConfig)
    return config.found


def _refuse_foreign(folder: Path) -> None:
    """Only a report may be replaced, and only one that nobody has put anything into."""
    if not folder.name or (folder.exists() and not folder.is_dir()):
        raise MisuseError(f"{folder}: name a folder of its own for the report")
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if names and (RESULT not in names or names - _OURS):
        raise MisuseError(f"{folder}: holds what is no report; name another folder")
