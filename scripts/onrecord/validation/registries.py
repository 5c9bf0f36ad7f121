"""Grade 3: manifest and registries by themselves."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from onrecord import model
from onrecord.issues import Issue
from onrecord.sources import Registries, Where, incomplete_names
from onrecord.validation.chains import in_circles

CODES: Final = {
    "registry-duplicate": "An id occurs once in a registry.",
    "registry-alias": "Aliases differ from each other and from the name.",
    "registry-reference": "Affiliations and the speakers of claims stand in the registry.",
    "registry-cycle": "Following affiliations never leads back.",
    "target-fields": "Issues, and only issues, have a negated text; only claims have a speaker.",
    "manifest-missing": "A corpus has a manifest.",
    "manifest-schema": "The manifest names the schema version that this code reads.",
    "manifest-incomplete": "What the manifest declares incomplete exists in the model.",
}


def check_registries(registries: Registries) -> Iterator[Issue]:
    """Manifest, speakers and targets, each by itself."""
    yield from _manifest(registries)
    yield from check_records(registries)


def check_records(registries: Registries) -> Iterator[Issue]:
    """Speakers and targets, each by itself."""
    yield from _speakers(registries)
    yield from _targets(registries)


def _issue(where: Where, field: str, code: str, message: str, hint: str) -> Issue:
    return Issue(
        file=where.file, pointer=f"{where.pointer}/{field}", code=code, message=message, hint=hint
    )


def _manifest(registries: Registries) -> Iterator[Issue]:
    manifest, where = registries.manifest, registries.where("manifest")
    if manifest is None:
        if not registries.issues:
            yield Issue(
                file=where.file,
                pointer="",
                code="manifest-missing",
                message="the manifest is missing",
                hint="the first line of a JSONL corpus holds the manifest",
            )
        return
    if manifest.schema_version.split(".")[0] != model.SCHEMA_VERSION.split(".")[0]:
        yield _issue(
            where,
            "schema_version",
            "manifest-schema",
            f"is {manifest.schema_version}, this code reads {model.SCHEMA_VERSION}",
            "use the onrecord version of that schema",
        )
    if manifest.released is not None and not is_day(manifest.released):
        yield _issue(
            where, "released", "article-date", f"{manifest.released} is no day", "correct it"
        )
    for number, name in enumerate(manifest.incomplete):
        if name not in incomplete_names():
            yield _issue(
                where,
                f"incomplete/{number}",
                "manifest-incomplete",
                f"there is nothing called {name!r}",
                "name a kind (marks) or a field of one (quotes.act)",
            )


def is_day(words: str) -> bool:
    """Whether YYYY-MM-DD is a day of the calendar."""
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True


def _speakers(registries: Registries) -> Iterator[Issue]:
    speakers = registries.speakers or {}
    circles = in_circles({id: speaker.affiliation for id, speaker in speakers.items()})
    for id, speaker in speakers.items():
        where = registries.where("speakers", id)
        names = (speaker.name, *speaker.aliases)
        if len(set(names)) < len(names):
            yield _issue(
                where,
                "aliases",
                "registry-alias",
                f"{id}: an alias repeats a name",
                "keep each string once",
            )
        if speaker.affiliation is None:
            continue
        if speaker.affiliation not in speakers:
            yield _issue(
                where,
                "affiliation",
                "registry-reference",
                f"{id}: there is no speaker {speaker.affiliation!r} for its affiliation",
                "add the organisation to the registry",
            )
        elif id in circles:
            yield _issue(
                where,
                "affiliation",
                "registry-cycle",
                f"{id}: its affiliations lead back to it",
                "break the circle",
            )


def _targets(registries: Registries) -> Iterator[Issue]:
    for id, target in (registries.targets or {}).items():
        where = registries.where("targets", id)
        if (target.negated_text is not None) != (target.kind == "issue"):
            yield _issue(
                where,
                "negated_text",
                "target-fields",
                f"{id}: kind {target.kind} with negated text {target.negated_text!r}",
                "issues, and only they, have the opposite proposition",
            )
        if target.speaker is None:
            continue
        if target.kind != "claim":
            yield _issue(
                where,
                "speaker",
                "target-fields",
                f"{id}: kind {target.kind} with a speaker",
                "only a claim has somebody who makes it",
            )
        if registries.speakers is not None and target.speaker not in registries.speakers:
            yield _issue(
                where,
                "speaker",
                "registry-reference",
                f"{id}: there is no speaker {target.speaker!r}",
                "add the speaker to the registry",
            )
