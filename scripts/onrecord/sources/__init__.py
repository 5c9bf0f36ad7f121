"""Where records come from: a corpus folder, or the same in one JSONL file.

Both yield an `Entry` an article, in the order of ids, with what could not be read as issues.
"""

from collections.abc import Mapping
from pathlib import Path

from onrecord.issues import MisuseError
from onrecord.paths import StrPath
from onrecord.sources.entries import (
    Entry,
    Prints,
    Registries,
    Sheet,
    Source,
    Where,
    incomplete_names,
)
from onrecord.sources.folder import FolderSource
from onrecord.sources.jsonl import JsonlSource, Line

__all__ = [
    "Entry",
    "Line",
    "Prints",
    "Registries",
    "Sheet",
    "Source",
    "Where",
    "incomplete_names",
    "open_source",
]


def open_source(
    corpus: StrPath, *, jsonl: StrPath | None = None, texts: Mapping[str, str] | None = None
) -> Source:
    """The source at `corpus`, or in `jsonl` if given; raises `MisuseError` if there is none.

    `texts` joins licensed articles to private copies: text by sha256.
    """
    corpus = Path(corpus)
    if jsonl is not None:
        jsonl = Path(jsonl)
        if texts is not None:
            raise MisuseError("texts join a corpus folder (--texts), not a JSONL file (--from)")
        if not jsonl.is_file():
            lacks = "is no regular file" if jsonl.exists() else "no such file"
            raise MisuseError(f"{jsonl}: {lacks}")
        return JsonlSource(jsonl)
    if corpus.is_file():
        raise MisuseError(f"{corpus}: is a file; a corpus in one JSONL file goes with --from")
    if not corpus.is_dir():
        raise MisuseError(f"{corpus}: there is no such folder")
    if any((corpus / "articles").glob("*.parquet")):
        raise MisuseError(f"{corpus}: is a dataset folder; name the corpus that it was built from")
    if not (corpus / "manifest.json").is_file() and not (corpus / "articles").is_dir():
        lacks = "it has neither manifest.json nor articles/"
        raise MisuseError(f"{corpus}: not a corpus folder ({lacks})")
    return FolderSource(corpus, texts)
