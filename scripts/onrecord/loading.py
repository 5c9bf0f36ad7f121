"""Reading articles with their gold: typed, read-only, offline."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from onrecord.issues import InputError, Issue, MisuseError
from onrecord.model import SPLITS
from onrecord.paths import corpus_dir
from onrecord.records import AnnotatedArticle
from onrecord.rows import article_row
from onrecord.sources import open_source
from onrecord.text import text_hash


def load(split: str, corpus: str | Path | None = None) -> list[AnnotatedArticle]:
    """The open articles of a split (train, validation or test), in the order of their ids.

    `corpus` is a corpus folder or a dataset folder; by default the corpus that comes with this
    version. Raises `ValueError` for an unknown split, `InputError` for records that cannot be read.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    return [article for article in read_articles(corpus) if article.split == split]


def read_articles(corpus: str | Path | None = None) -> Iterator[AnnotatedArticle]:
    """All open articles of a corpus folder or a dataset folder.

    Raises `MisuseError` for a folder that is neither, `InputError` for unreadable records.
    """
    root = Path(corpus) if corpus is not None else corpus_dir()
    if (root / "articles").is_dir() and any((root / "articles").glob("*.parquet")):
        return _from_dataset(root)
    return _from_corpus(root)


def _from_dataset(root: Path) -> Iterator[AnnotatedArticle]:
    import pyarrow.parquet as pq

    for split in SPLITS:
        for path in sorted((root / "articles").glob(f"{split}-*.parquet")):
            try:
                for batch in pq.ParquetFile(path).iter_batches(batch_size=500):
                    yield from msgspec.convert(batch.to_pylist(), list[AnnotatedArticle])
            except (OSError, ValueError) as error:
                raise InputError(
                    Issue(
                        file=str(path.relative_to(root)),
                        pointer="",
                        code="file-unreadable",
                        message=f"cannot be read: {error}",
                        hint="build or download it again",
                    )
                ) from None


def _from_corpus(root: Path) -> Iterator[AnnotatedArticle]:
    source = open_source(root)
    registries = source.registries()
    _raise(registries.issues)
    for entry in source.entries():
        _raise(entry.issues)
        if entry.text is None or entry.article is None or entry.gold is None:
            continue
        if entry.split is None:
            raise MisuseError(f"{entry.id} is in no split; run `onrecord validate`")
        if text_hash(entry.text) != entry.article.text_sha256:
            raise MisuseError(f"{entry.id}: another text was annotated; run `onrecord validate`")
        try:
            row = article_row(
                entry.article,
                entry.split,
                entry.text,
                entry.gold.annotation,
                registries.speakers or {},
                registries.targets or {},
            )
        except (LookupError, ValueError):
            raise MisuseError(
                f"{entry.id}: its gold is not sound; run `onrecord validate`"
            ) from None
        yield msgspec.convert(row, AnnotatedArticle)


def _raise(issues: list[Issue]) -> None:
    if issues:
        raise InputError(*issues)


def read_article(id: str, corpus: str | Path | None = None) -> AnnotatedArticle:
    """The open article with this id; raises `MisuseError` with the nearest ids if there is none."""
    from difflib import get_close_matches

    ids = []
    for article in read_articles(corpus):
        if article.id == id:
            return article
        ids.append(article.id)
    near = get_close_matches(id, ids, n=3, cutoff=0.6)
    meant = f"do you mean {', '.join(near)}?" if near else "`onrecord stats` says what is there;"
    raise MisuseError(
        f"there is no open article {id!r}: {meant} a licensed one must be hydrated first"
    )
