"""Grades 5 and 6: stances, and the dense set of issue stances."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue, do_you_mean
from onrecord.model import Quote
from onrecord.text import covers
from onrecord.validation.subject import Check, Subject

MAX_LOCAL: Final = 3
"""Local targets a quote may have."""


def check_fields(subject: Subject) -> Iterator[Issue]:
    """Stances name quotes and targets that exist; basis and carrier fit label and quote."""
    for number, stance in enumerate(subject.annotation.stances):
        place = f"/stances/{number}"
        quote = subject.quotes.get(stance.quote)
        if quote is None:
            yield subject.issue(
                "quote-unknown",
                f"{place}/quote",
                f"there is no quote {stance.quote!r}",
                "use the id of a quote",
            )
        elif stance.carrier == "cue" and not quote.cue and subject.expects("quotes", "cue"):
            yield subject.issue(
                "stance-carrier",
                f"{place}/carrier",
                f"{quote.id} has no cue to carry a stance",
                "carrier cue says that the evaluation is in the cue",
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


def check_targets(subject: Subject) -> Iterator[Issue]:
    """Issues are those that the article lists; a local target is one that is evaluated."""
    issues, targets = subject.annotation.issues, subject.targets or {}
    for number, stance in enumerate(subject.annotation.stances):
        target = targets.get(stance.target)
        if target is None or stance.target in issues:
            continue
        if target.kind == "issue" and (issues or subject.expects("issues")):
            yield subject.issue(
                "issue-unlisted",
                f"/stances/{number}/target",
                f"{stance.target} is an issue, and none of this article's",
                "add it to `issues`, with a row for every quote that needs one",
            )
        elif target.kind != "issue" and stance.label == "none":
            yield subject.issue(
                "stance-none",
                f"/stances/{number}/label",
                f"{stance.quote} takes no side on {stance.target}, which is no issue",
                "remove it: local targets are those that the quote evaluates",
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
        wanted = _takes_sides(subject, quote)
        for issue in subject.annotation.issues if wanted is not None else ():
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


def _takes_sides(subject: Subject, quote: Quote) -> bool | None:
    """Whether a quote has a row for every issue; None where what decides it is not annotated."""
    derived = subject.derived.get(quote.id)
    if derived is None:
        return None
    if derived.tier == 2 or quote.status not in ("actual", None):
        return False
    if derived.tier is None or quote.status is None:
        return None
    if not quote.speaker and not subject.expects("quotes", "speaker"):
        return None
    return bool(quote.speaker)


CHECKS: Final = (
    Check(
        grade=5,
        run=check_fields,
        codes={
            "target-unknown": "Every target stands in the registry.",
            "stance-basis": "Basis is null where the label is none, and only there.",
            "stance-carrier": "Only a quote with a cue has a stance whose carrier is the cue.",
        },
    ),
    Check(
        grade=6,
        run=check_targets,
        codes={
            "issue-unlisted": "Stances towards an issue are towards one that the article lists.",
            "stance-none": "Label none stands only with an issue.",
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
