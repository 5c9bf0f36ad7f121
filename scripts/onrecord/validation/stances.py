"""Grades 5 and 6: stances, and the dense set of issue stances."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue, do_you_mean
from onrecord.text import covers
from onrecord.validation.subject import Check, Subject

MAX_LOCAL: Final = 3
"""Local targets a quote may have."""


def check_fields(subject: Subject) -> Iterator[Issue]:
    """Stances name quotes and targets that exist; basis is null where the label is none."""
    for number, stance in enumerate(subject.annotation.stances):
        place = f"/stances/{number}"
        if stance.quote not in subject.quotes:
            yield subject.issue(
                "quote-unknown",
                f"{place}/quote",
                f"there is no quote {stance.quote!r}",
                "use the id of a quote",
            )
        if subject.targets is not None and stance.target not in subject.targets:
            yield _unknown_target(subject, f"{place}/target", stance.target)
        if (stance.basis is None) != (stance.label == "none") and (
            subject.expects("stances", "basis") or stance.label == "none"
        ):
            yield subject.issue(
                "stance-basis",
                f"{place}/basis",
                f"label {stance.label} has basis {stance.basis or 'null'}",
                "explicit or implied, and null where the label is none",
            )


def check_issues(subject: Subject) -> Iterator[Issue]:
    """An article has one to three issues, each once, and they are targets of kind issue."""
    issues = subject.annotation.issues
    if not issues and subject.expects("issues") and subject.expects("stances"):
        yield subject.issue(
            "issue-count", "/issues", "there is no issue", "an editor fixes one to three"
        )
    if len(issues) > 3 or len(set(issues)) < len(issues):
        yield subject.issue(
            "issue-count",
            "/issues",
            f"there are {len(issues)} issues, {len(set(issues))} different",
            "one to three, each once",
        )
    if subject.targets is None:
        return
    for number, issue in enumerate(issues):
        if issue not in subject.targets:
            yield _unknown_target(subject, f"/issues/{number}", issue)
        elif subject.targets[issue].kind != "issue":
            yield subject.issue(
                "issue-kind",
                f"/issues/{number}",
                f"target {issue!r} is not of kind issue",
                "an issue is an affirmative proposition",
            )


def _unknown_target(subject: Subject, pointer: str, target: str) -> Issue:
    return subject.issue(
        "target-unknown",
        pointer,
        f"there is no target {target!r}",
        do_you_mean(target, subject.targets or (), "add it to the registry of targets"),
    )


def check_spans(subject: Subject) -> Iterator[Issue]:
    """A condition lies inside the quote's content, evidence inside content or cue."""
    for number, stance in enumerate(subject.annotation.stances):
        if not stance.condition and not stance.evidence:
            continue
        quote = subject.quotes[stance.quote]
        if not covers(quote.content, stance.condition):
            yield subject.issue(
                "stance-condition",
                f"/stances/{number}/condition",
                f"the condition lies outside the content of {quote.id}",
                "a condition is part of what is said",
            )
        if not covers(quote.content + quote.cue, stance.evidence):
            yield subject.issue(
                "stance-evidence",
                f"/stances/{number}/evidence",
                f"the evidence lies outside content and cue of {quote.id}",
                "read up to the end of the quote, point inside it",
            )


def check_dense(subject: Subject) -> Iterator[Issue]:
    """Tier 1, actual, with a speaker: one row an issue. Any other quote: none."""
    rows = Counter((stance.quote, stance.target) for stance in subject.annotation.stances)
    issues = set(subject.annotation.issues)
    local = Counter(quote for quote, target in rows if target not in issues)
    dense = subject.expects("stances")
    for number, quote in enumerate(subject.annotation.quotes):
        place = f"/quotes/{number}"
        derived = subject.derived.get(quote.id)
        wanted = (
            derived is not None
            and derived.tier == 1
            and quote.status == "actual"
            and bool(quote.speaker)
        )
        for issue in subject.annotation.issues if derived is not None else ():
            if wanted and not rows[quote.id, issue] and dense:
                yield subject.issue(
                    "stance-missing",
                    place,
                    f"{quote.id} has no stance towards {issue}",
                    "a tier 1, actual quote with a speaker has one row an issue, if only none",
                )
            elif not wanted and rows[quote.id, issue]:
                yield subject.issue(
                    "stance-surplus",
                    place,
                    f"{quote.id} has a stance towards issue {issue}",
                    "only tier 1, actual quotes with a speaker have rows for issues",
                )
        if local[quote.id] > MAX_LOCAL:
            yield subject.issue(
                "stance-local",
                place,
                f"{quote.id} has {local[quote.id]} local targets",
                f"keep the {MAX_LOCAL} that matter most",
            )
    for number, stance in enumerate(subject.annotation.stances):
        if rows[stance.quote, stance.target] > 1:
            yield subject.issue(
                "stance-repeated",
                f"/stances/{number}",
                f"{stance.quote} has several stances towards {stance.target}",
                "keep one",
            )


CHECKS: Final = (
    Check(
        grade=5,
        run=check_fields,
        codes={
            "target-unknown": "Every target stands in the registry.",
            "stance-basis": "Basis is null where the label is none, and only there.",
        },
    ),
    Check(
        grade=5,
        run=check_issues,
        codes={
            "issue-count": "An article has one to three issues, each once.",
            "issue-kind": "An article's issues are targets of kind issue.",
        },
    ),
    Check(
        grade=6,
        run=check_spans,
        codes={
            "stance-condition": "A condition lies inside the quote's content.",
            "stance-evidence": "Evidence lies inside the quote's content or cue.",
        },
    ),
    Check(
        grade=6,
        run=check_dense,
        codes={
            "stance-missing": "A tier 1, actual quote with a speaker has a row for every issue.",
            "stance-surplus": "No other quote has a row for an issue.",
            "stance-local": f"A quote has at most {MAX_LOCAL} local targets.",
            "stance-repeated": "A quote has one stance towards a target.",
        },
    ),
)
