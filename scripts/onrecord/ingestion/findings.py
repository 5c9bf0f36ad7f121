"""The findings of ingestion: all of them concern a source as a whole."""

from onrecord.issues import InputError, Issue


def finding(source: str, code: str, message: str, hint: str) -> Issue:
    """What is wrong with a source; codes are listed in docs/INGESTION.md."""
    return Issue(file=source, pointer="", code=code, message=message, hint=hint)


def refusal(source: str, code: str, message: str, hint: str) -> InputError:
    """The finding that ends the reading of a source."""
    return InputError(finding(source, code, message, hint))
