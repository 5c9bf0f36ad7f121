"""Licensed articles of a corpus folder: joined to the user's copies, or relieved of their text."""

import glob
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from onrecord.files import refuse_overlap, staged_folder, write_atomic, write_json
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import decode
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.sealing import leaks
from onrecord.licensed.sealing import seal as sealed_form
from onrecord.model import Fragment, Manifest
from onrecord.paths import StrPath
from onrecord.sources import Entry, open_source
from onrecord.validation.articles import check_licensed_split


class Hydrated(Struct, frozen=True, kw_only=True):
    """What became of one licensed article: quotes kept of all, `share` of its stretches found.

    `joined` is false where none of the texts is a copy; the share is that in the nearest then.
    """

    article_id: str
    joined: bool
    exact: bool
    share: float
    quotes: int
    of_quotes: int
    issues: tuple[Issue, ...]


def hydrate(
    corpus: StrPath, texts: Mapping[str, str], out: StrPath | None = None
) -> list[Hydrated]:
    """Join the licensed articles of a corpus folder to private copies (text by sha256).

    With `out`, writes the corpus with the copies as a folder that validate, build and the like
    take, unless there is no copy to write; it says in its manifest that it is not for others.
    Raises `InputError` for records that cannot be read, `MisuseError` where there is no corpus.
    """
    corpus = Path(corpus)
    if out is None:
        return [_result(entry) for entry in _licensed(corpus, texts)]
    out = Path(out)
    refuse_overlap(out, corpus)
    if out.exists() and not _is_hydrated(out):
        raise MisuseError(f"{out}: is not empty and no hydrated corpus; name another folder")
    entries = list(_licensed(corpus, texts))
    results = [_result(entry) for entry in entries]
    if not any(entry.joined for entry in entries):
        return results
    with staged_folder(out) as stage:
        shutil.copytree(corpus, stage, dirs_exist_ok=True)
        for entry in entries:
            if entry.joined:
                _write(entry, stage)
        manifest = decode((stage / "manifest.json").read_bytes(), Manifest, "manifest.json")
        write_json(stage / "manifest.json", replace(manifest, hydrated=True))
    return results


def _is_hydrated(folder: Path) -> bool:
    """Whether a folder is empty or what an earlier call wrote."""
    if folder.is_dir() and not any(folder.iterdir()):
        return True
    try:
        manifest: Manifest = decode((folder / "manifest.json").read_bytes(), Manifest, "")
    except (OSError, InputError):
        return False
    return manifest.hydrated


def _licensed(corpus: Path, texts: Mapping[str, str]) -> Iterator[Entry]:
    source = open_source(corpus, texts=texts)
    issues = source.registries().issues
    for entry in source.entries():
        issues += entry.issues
        if entry.gold and (entry.joined or entry.no_copy):
            yield entry
    if issues:
        raise InputError(*issues)


@dataclass
class Hydration:
    """What came of joining the articles of a source, one after the other, to private texts."""

    source: str
    joined: int = 0
    issues: list[Issue] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Count an article that was looked for, with what was not found of it."""
        if entry.joined:
            self.joined += 1
            self.issues += entry.joined.issues
        elif entry.no_copy:
            self.issues.append(entry.no_copy.issue)

    def require(self) -> None:
        """Raise `InputError`, or `MisuseError` where no text was needed, if none was joined."""
        if self.joined:
            return
        if self.issues:
            raise InputError(*self.issues)
        raise MisuseError(f"{self.source}: no article needs a text of yours; leave out --texts")


def _result(entry: Entry) -> Hydrated:
    assert entry.gold is not None
    of_quotes = len(entry.gold.annotation.quotes)
    if entry.joined is None:
        assert entry.no_copy is not None
        return Hydrated(
            article_id=entry.id,
            joined=False,
            exact=False,
            share=round(entry.no_copy.share, 4),
            quotes=0,
            of_quotes=of_quotes,
            issues=(entry.no_copy.issue,),
        )
    return Hydrated(
        article_id=entry.id,
        joined=True,
        exact=entry.joined.exact,
        share=round(entry.joined.share, 4),
        quotes=of_quotes,
        of_quotes=of_quotes + entry.joined.left_out,
        issues=entry.joined.issues,
    )


def _write(entry: Entry, corpus: Path) -> None:
    assert entry.joined is not None
    write_json(corpus / "articles" / f"{entry.id}.json", entry.joined.article)
    write_json(corpus / "gold" / f"{entry.id}.json", entry.joined.gold)
    write_atomic(corpus / "texts" / f"{entry.id}.txt", entry.joined.text.encode())
    if not entry.joined.exact:
        for layer in corpus.glob(f"annotators/*/{glob.escape(entry.id)}.json"):
            layer.unlink()


class Sealed(Struct, frozen=True, kw_only=True):
    """What sealing wrote, removed and found: stretches with a fingerprint, and those without."""

    article_id: str
    removed: bool
    fingerprints: int
    blind: tuple[Fragment, ...]
    issues: tuple[Issue, ...]


def seal(corpus: StrPath, article_id: str, texts: Mapping[str, str] | None = None) -> Sealed:
    """Give an article of a corpus folder its licensed form, in place.

    Its text comes from `texts/`, from where it is removed, or from private `texts` by sha256.
    Sealing again changes nothing. With the last licensed text a corpus ceases to be `hydrated`.
    Findings name files in the corpus that still hold a run of seven of its words, and a split that
    is not test. Raises `MisuseError` where there is no such article or no text.
    """
    corpus = Path(corpus)
    entry = _entry(corpus, article_id, texts)
    assert entry.article is not None and entry.gold is not None
    if entry.text is None or (entry.joined and not entry.joined.exact):
        raise MisuseError(f"{article_id}: its text is not there; give its folder with --texts")
    path = corpus / "fingerprints" / f"{article_id}.json"
    salt = None
    if path.is_file():
        salt = decode(path.read_bytes(), Fingerprints, path.name).salt
    layers = {sheet.file: sheet.annotation for sheet in entry.layers}
    form = sealed_form(entry.article, entry.gold.annotation, layers.values(), entry.text, salt)
    write_json(path, form.prints)
    write_json(corpus / entry.article_file, form.article)
    write_json(corpus / entry.gold.file, form.gold)
    for file, layer in zip(layers, form.layers, strict=True):
        write_json(corpus / file, layer)
    entry.article, removed = form.article, (corpus / entry.text_file).is_file()
    (corpus / entry.text_file).unlink(missing_ok=True)
    _settle(corpus)
    left = sorted(each for each in corpus.rglob("*") if each.is_file())
    return Sealed(
        article_id=article_id,
        removed=removed,
        fingerprints=len(form.prints.fingerprints),
        blind=form.prints.blind,
        issues=(*check_licensed_split(entry), *leaks(entry.text, left)),
    )


def _settle(corpus: Path) -> None:
    """Take `hydrated` from the manifest of a corpus that holds no licensed text any more."""
    source = open_source(corpus)
    manifest = source.registries().manifest
    if manifest is None or not manifest.hydrated:
        return
    if not any(
        entry.text is not None and entry.article and entry.article.rights == "licensed"
        for entry in source.entries()
    ):
        write_json(corpus / "manifest.json", replace(manifest, hydrated=False))


def _entry(corpus: Path, article_id: str, texts: Mapping[str, str] | None) -> Entry:
    source = open_source(corpus, texts=texts)
    source.registries()
    for entry in source.entries():
        if entry.id == article_id:
            if entry.issues:
                raise InputError(*entry.issues)
            return entry
    raise MisuseError(f"{corpus}: there is no article {article_id!r}")
