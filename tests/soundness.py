"""What holds of every extraction, however hostile its source: for tests and for the fuzzer."""

from onrecord.ingestion.drafts import Draft
from onrecord.issues import Issue


def is_sound(found: Draft | tuple[Issue, ...]) -> bool:
    """A draft whose text and zones hold what is promised, or findings."""
    if not isinstance(found, Draft):
        return bool(found) and all(issue.message for issue in found)
    text, last = found.text, 0
    for zone in found.zones:
        assert last <= zone.start < zone.end <= len(text), zone
        last = zone.end
    assert text.endswith("\n") and not text.endswith("\n\n") and "\n\n\n" not in text
    assert not {"\r", "\t", "\0", "\ufeff"} & set(text)
    assert found.title and found.title == found.title.strip()
    return True
