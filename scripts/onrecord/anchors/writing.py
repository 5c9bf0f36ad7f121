"""Anchor files into a corpus folder: gold or a layer for each, and what its registries lack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from onrecord.anchors import Anchored, resolve
from onrecord.derived import derive
from onrecord.files import read_bytes, read_text, write_json
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import decode
from onrecord.model import Article, Gold, Rights, Speaker, Speakers, Target, Targets
from onrecord.paths import StrPath
from onrecord.registry_files import merge, write_registry
from onrecord.sources import Registries, Where
from onrecord.validation import check_annotation, check_references
from onrecord.validation.subject import Subject


def anchor_files(
    files: Iterable[StrPath],
    out: StrPath,
    *,
    layers: bool = False,
    texts: dict[str, str] | None = None,
) -> list[Path]:
    """Resolve anchor files into the corpus folder `out` and return the paths written.

    With `layers` they are annotators' layers, else gold; `texts` are private texts by sha256.
    Raises `InputError` with all the findings of all files, and then writes nothing.
    """
    out = Path(out)
    if not (out / "texts").is_dir() and not texts:
        raise MisuseError(f"{out}: not a corpus folder (it has no texts/)")
    found = Registries(speakers={}, targets={})
    speakers = _registry(out, "speakers", Speakers, found)
    targets = _registry(out, "targets", Targets, found)
    issues = found.issues
    anchored: list[tuple[str, Anchored]] = []
    reader = _TextReader(out, texts or {})
    for path in map(Path, files):
        try:
            one = resolve(path, reader.text, speakers)
        except InputError as error:
            issues += error.issues
            continue
        issues += one.issues
        anchored.append((path.name, one))
    places = [_place(one.gold, layers) for _, one in anchored]
    issues += _repeated(places, [file for file, _ in anchored])
    all_speakers: list[Speaker] = merge(
        speakers, [(file, each) for file, one in anchored for each in one.speakers], issues
    )
    all_targets: list[Target] = merge(
        targets, [(file, each) for file, one in anchored for each in one.targets], issues
    )
    known = ({each.id: each for each in all_speakers}, {each.id: each for each in all_targets})
    for _, one in anchored:
        issues += _unsound(one, *known, reader.rights(one.gold.article_id))
    if issues:
        raise InputError(*issues)
    write_registry(out / "speakers.json", all_speakers)
    write_registry(out / "targets.json", all_targets)
    for place, (_, one) in zip(places, anchored, strict=True):
        licensed = reader.rights(one.gold.article_id) == "licensed"
        write_json(out / place, _with_derived(one.gold, one.text) if licensed else one.gold)
    return [out / place for place in places]


def _unsound(
    one: Anchored, speakers: Mapping[str, Speaker], targets: Mapping[str, Target], rights: Rights
) -> Iterator[Issue]:
    """What validation would find in the gold, at its place in the anchor file.

    Of gold that lacks words only what it names is checked: the rest would be hearsay.
    """
    sealed = one.gold if rights == "open" or one.issues else _with_derived(one.gold, one.text)
    subject = Subject(
        one.file, "", sealed, one.text, len(one.text), rights, speakers, targets, frozenset()
    )
    said: set[str] = set()
    for issue in (check_references if one.issues else check_annotation)(subject):
        if issue.message not in said:  # a source is a mention too: once is enough
            file, pointer = one.place(issue.pointer)
            yield replace(issue, file=file, pointer=pointer)
        said.add(issue.message)


def _with_derived(gold: Gold, text: str) -> Gold:
    """Gold of a licensed article, which stores its computed fields."""
    derived = derive(text, gold)
    quotes = tuple(replace(quote, derived=derived[quote.id]) for quote in gold.quotes)
    return replace(gold, quotes=quotes)


def _place(gold: Gold, layers: bool) -> str:
    folder = f"annotators/{gold.layer.annotator}" if layers else "gold"
    return f"{folder}/{gold.article_id}.json"


def _repeated(places: Iterable[str], files: Iterable[str]) -> Iterator[Issue]:
    """A finding for every file that would overwrite what an earlier one writes."""
    first: dict[str, str] = {}
    for place, file in zip(places, files, strict=True):
        if place in first:
            yield Issue(
                file=file,
                pointer="/article",
                code="anchor-repeated",
                message=f"{place} is what {first[place]} writes too",
                hint="one file an article and annotator",
            )
        first.setdefault(place, file)


def _registry(out: Path, name: str, kind: Any, found: Registries) -> dict[str, Any]:
    """The records of a registry by id; one that stands twice is a finding, or would be lost."""
    file = f"{name}.json"
    if (out / file).is_file():
        for number, record in enumerate(decode(read_bytes(out / file, file), kind, file)):
            found.add(name, record, Where(file, f"/{number}"))
    registry: dict[str, Any] = getattr(found, name)
    return registry


@dataclass
class _TextReader:
    """Texts of a corpus folder by article id; those of licensed articles by their hash."""

    out: Path
    private: Mapping[str, str]

    def text(self, id: str) -> str:
        path = self.out / "texts" / f"{id}.txt"
        if path.is_file():
            return read_text(path, f"texts/{path.name}")
        return self.private[self._article(id).text_sha256]

    def rights(self, id: str) -> Rights:
        """Licensed where the text is not in the corpus."""
        return "open" if (self.out / "texts" / f"{id}.txt").is_file() else "licensed"

    def _article(self, id: str) -> Article:
        path = self.out / "articles" / f"{id}.json"
        if not path.is_file():
            raise KeyError(id)
        article: Article = decode(path.read_bytes(), Article, path.name)
        return article
