"""Reading articles with their gold: typed, read-only, offline."""

from collections.abc import Iterator

from onrecord.editions import open_edition
from onrecord.issues import MisuseError
from onrecord.model import SPLITS, Split
from onrecord.paths import StrPath
from onrecord.records import AnnotatedArticle


def load(split: str, corpus: StrPath | None = None) -> list[AnnotatedArticle]:
    """The open articles of a split (train, validation or test), in the order of their ids.

    `corpus` is a corpus folder or a dataset folder; by default the corpus that comes with this
    version. Raises `ValueError` for an unknown split, `InputError` for records that cannot be read.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    return list(read_articles(corpus, split))


def read_articles(
    corpus: StrPath | None = None, split: Split | None = None
) -> Iterator[AnnotatedArticle]:
    """The open articles of a corpus folder or a dataset folder: all, or those of one split.

    Raises `MisuseError` for a folder that is neither, `InputError` for unreadable records.
    """
    for volume in open_edition(corpus).volumes(split):
        if volume.article is not None:
            yield volume.article


def read_article(id: str, corpus: StrPath | None = None) -> AnnotatedArticle:
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
