"""Two sides, walked together in the order of their ids, a few articles of each in memory."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from onrecord.issues import InputError, MisuseError
from onrecord.paths import StrPath
from onrecord.releases.articles import ArticleComparison
from onrecord.releases.descriptions import compare_manifests, compare_schemas
from onrecord.releases.differences import Difference, Edition
from onrecord.releases.ledger import Ledger
from onrecord.releases.registries import compare_passages, compare_registry
from onrecord.releases.regrouping import Regroupings
from onrecord.releases.rules import bumped, largest
from onrecord.releases.sides import Side, Unit, open_side
from onrecord.releases.withdrawals import Withdrawals

Progress = Callable[[int], None]


def diff(
    old: StrPath,
    new: StrPath,
    *,
    repository: StrPath = ".",
    progress: Progress | None = None,
) -> Difference:
    """What changed between two versions, by id, and the smallest version that the new one may bear.

    Each is a dataset folder, a corpus folder, or a revision of `repository` (`v1.2.0`,
    `HEAD~3:corpus`). `progress` is called with the number of articles done. Raises `MisuseError`
    for what is none of these, `InputError` for records that cannot be read.
    """
    one, other, home = os.fspath(old), os.fspath(new), Path(repository)
    with open_side(one, home) as before, open_side(other, home) as after:
        return compare(before, after, progress)


def compare(old: Side, new: Side, progress: Progress | None = None) -> Difference:
    """What changed from one side to the other.

    Raises `InputError` with what could not be read, `MisuseError` if one of the two is hydrated.
    """
    if old.manifest.hydrated != new.manifest.hydrated:
        raise MisuseError("one side holds licensed texts and the other does not: nothing compares")
    ledger, regroupings = Ledger(), Regroupings()
    withdrawals = Withdrawals(old.manifest, new.manifest, ledger)
    compare_manifests(old.manifest, new.manifest, ledger)
    compare_schemas(old, new, ledger)
    compare_registry("speaker", old.speakers, new.speakers, ledger, withdrawals)
    compare_registry("target", old.targets, new.targets, ledger, withdrawals)
    articles = ArticleComparison(ledger, regroupings, withdrawals)
    for number, (before, after) in enumerate(_joined(old.units, new.units), 1):
        articles.compare(before, after)
        if progress:
            progress(number)
    articles.finish()
    compare_passages(old.passages, new.passages, ledger, withdrawals)
    if old.issues or new.issues:
        raise InputError(*old.issues, *new.issues)
    demands = ledger.demands()
    bump = largest(demand.bump for demand in demands)
    return Difference(
        old=_edition(old),
        new=_edition(new),
        bump=bump,
        version=bumped(old.manifest.data_version, bump),
        demands=demands,
        schema=tuple(ledger.schema),
        tables=dict(sorted(ledger.tables.items())),
        confusions=ledger.confusions,
        layers=dict(sorted(ledger.layers.items())),
        speakers=regroupings.found(old.quoted, new.quoted),
        takedowns=tuple(withdrawals.takedowns),
        examples=tuple(ledger.examples),
    )


def _edition(side: Side) -> Edition:
    return Edition(
        name=side.name,
        data_version=side.manifest.data_version,
        schema_version=side.manifest.schema_version,
    )


def _joined(old: Iterator[Unit], new: Iterator[Unit]) -> Iterator[tuple[Unit | None, Unit | None]]:
    """Articles of both sides by id, in order; None where a side has no such article."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before.id < after.id):
            yield before, None
            before = next(old, None)
        elif before is None or after.id < before.id:
            yield None, after
            after = next(new, None)
        else:
            yield before, after
            before, after = next(old, None), next(new, None)
