"""Single stretches found again by their fingerprints, or not and why.

A stretch stands in brackets, in the text and in the copy where it should be found.
"""

import pytest

from onrecord.licensed.anchoring import find_all
from onrecord.licensed.fingerprints import Fingerprint, Fingerprints, Printer
from onrecord.licensed.tokens import Tokens

BEFORE = "Nine people build ferries at the old yard where"
AFTER = "put down every tool on Monday until the tide turned."


def unbracketed(text: str) -> tuple[str, tuple[int, int]]:
    start, end = text.index("["), text.index("]") - 1
    return text.replace("[", "").replace("]", ""), (start, end)


def printed(text: str) -> Fingerprint:
    plain, place = unbracketed(text)
    print = Printer(Tokens(plain), "salt").fingerprint(*place)
    assert print is not None
    return print


def find(text: str, copy: str) -> str:
    """The copy with the stretch in brackets, or why it was not found."""
    plain = copy.replace("[", "").replace("]", "")
    prints = Fingerprints(article_id="a", salt="salt", fingerprints=(printed(text),))
    found = find_all(prints, plain)
    for start, end in found.places.values():
        return f"{plain[:start]}[{plain[start:end]}]{plain[end:]}"
    return next(iter(found.lost.values()))


INSIDE = f"So it was. {BEFORE} [Finch] {AFTER} That was it.\n"
BEHIND = f"{BEFORE} Finch put down every pen."
AHEAD = f"Our old yard where Finch {AFTER}"
"""Of the windows of INSIDE these hold the one that reaches back and the one that goes on."""


def test_a_window_has_at_least_eight_tokens() -> None:
    print = printed(INSIDE)
    assert print.before is not None and print.after is not None
    assert (print.before.tokens, print.before.offset) == (8, 4)
    assert (print.after.tokens, print.after.offset) == (8, 3)


@pytest.mark.parametrize(
    "copy",
    [
        f"{BEFORE} [Finch] {AFTER}",
        f"{BEHIND} {BEFORE} [Finch] {AFTER} {AHEAD}",
        f"{BEFORE} [Finch] put down every pen.",
        f"{BEFORE} [Finch] put down every pen. Cole put down every pen.",
        f"Our old yard where [Finch] {AFTER}",
        f"Our old yard where [Finch] {AFTER} The new yard where Finch sat.",
    ],
)
def test_a_stretch_is_found_by_both_windows_or_one(copy: str) -> None:
    assert find(INSIDE, copy) == copy


@pytest.mark.parametrize(
    ("copy", "why"),
    [
        (f"{BEFORE} Finch and Cole {AFTER}", "words"),
        (f"{BEFORE} Cole {AFTER}", "words"),
        # The windows disagree.
        (f"{BEHIND} {AHEAD}", "places"),
        (f"{AHEAD} {BEHIND}", "places"),
        # One or both stand in several places.
        (f"{BEFORE} Finch {AFTER} {BEFORE} Finch {AFTER}", "places"),
        (f"{BEHIND} {BEHIND}", "places"),
        (f"{AHEAD} {AHEAD}", "places"),
        # What the only window takes in on its other side stands twice.
        (f"{BEHIND} Then Finch put down every pen.", "places"),
        (f"{AHEAD} The old yard where Finch sat.", "places"),
    ],
)
def test_a_stretch_that_could_be_elsewhere_is_not_found(copy: str, why: str) -> None:
    assert find(INSIDE, copy) == why


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"{BEFORE} [Finch].\n\nAdvertisement.\n"),
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"{BEFORE} [Finch].\nAdvertisement.\n"),
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"{BEFORE} [Finch]"),
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"Finch sat.\n\n{BEFORE} [Finch].\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"Advertisement.\n\n[Finch] {AFTER}\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"Advertisement.\n[Finch] {AFTER}\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"[Finch] {AFTER}\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"It was Finch.\n\n[Finch] {AFTER}\n"),
    ],
)
def test_beside_the_edge_of_a_paragraph_one_window_is_enough_at_such_an_edge(
    text: str, copy: str
) -> None:
    assert find(text, copy) == copy


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        # Its words were moved to before another one, which ends or begins no paragraph,
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"{BEFORE} Finch sat.\n"),
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"{BEFORE} Finch sat.\n\nIt was Finch.\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"Here Finch {AFTER}\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"Finch sat.\n\nHere Finch {AFTER}\n"),
        # or is not the only one that does.
        (f"So. {BEFORE} [Finch].\n\nAll they {AFTER}\n", f"{BEFORE} Finch.\n\nIt was Finch.\n"),
        (f"{BEFORE} Cole.\n\n[Finch] {AFTER}\n", f"Finch {AFTER}\n\nFinch sat.\n"),
    ],
)
def test_beside_the_edge_of_a_paragraph_one_window_is_not_enough_elsewhere(
    text: str, copy: str
) -> None:
    assert find(text, copy) == "places"


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (f"[Finch] {AFTER}\n\nFinch sat.\n", f"[Finch] {AFTER}\n\nFinch sat.\n"),
        (f"[Finch] {AFTER}\n\nFinch sat.\n", f"News\n\n[Finch] {AFTER}\n\nFinch sat.\n"),
        (f"[Finch] {AFTER}\n\nFinch sat.\n", f"{BEFORE}\n\n[Finch] {AFTER}\n"),
        (f"Finch.\n\n{BEFORE} [Finch].\n", f"Finch.\n\n{BEFORE} [Finch].\n"),
        (f"Finch.\n\n{BEFORE} [Finch].\n", f"Finch.\n\n{BEFORE} [Finch].\n\nMore news.\n"),
        (f"Finch.\n\n{BEFORE} [Finch].\n", f"{BEFORE} [Finch].\n\nAll they {AFTER}\n"),
    ],
)
def test_at_the_edge_of_the_text_there_is_only_one_window(text: str, copy: str) -> None:
    assert None in (printed(text).before, printed(text).after)
    assert find(text, copy) == copy


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (f"[Finch] {AFTER}\n\nFinch sat.\n", f"{BEFORE}\n\nFinch {AFTER}\n\nFinch sat.\n"),
        (f"Finch.\n\n{BEFORE} [Finch].\n", f"Finch.\n\n{BEFORE} Finch.\n\nAll they {AFTER}\n"),
    ],
)
def test_away_from_the_edge_of_the_text_its_one_window_is_not_enough(text: str, copy: str) -> None:
    assert find(text, copy) == "places"


def test_one_window_in_two_places_is_not_enough_even_at_the_edge_of_the_text() -> None:
    text = f"[Finch] {AFTER}\n\nFinch sat.\n"
    assert find(text, f"Finch {AFTER}\n\nFinch {AFTER}\n") == "places"


def test_long_stretches_need_no_edge() -> None:
    text = f"So it was.\n\n[{BEFORE}]\n\nThat was it.\n"
    assert find(text, f"It was: [{BEFORE}] we are.") == f"It was: [{BEFORE}] we are."


def test_a_long_stretch_that_stands_twice_needs_both_windows() -> None:
    text = f"Here [{BEFORE}] they sat. There {BEFORE} we sit.\n"
    assert find(text, text) == text
    assert find(text, text.replace("Here", "Nor")) == "places"
    alone = f"Nor [{BEFORE}] they sat."
    assert find(text, alone) == alone


SAID = f"It was so. “{BEFORE},” she said. “{AFTER}” That was it and there was no more of it.\n"
FIRST = SAID.replace(f"“{BEFORE},”", f"[“{BEFORE},”]")
SECOND = SAID.replace(f"“{AFTER}”", f"[“{AFTER}”]")


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (FIRST, FIRST),
        (FIRST, FIRST.replace("“", "«").replace("”", "»")),
        (FIRST, FIRST.replace("“", "« ").replace("”", " »")),
        (FIRST, FIRST.replace("“", '"').replace("”", '"')),
        (FIRST, FIRST.replace("[“", "(see [“")),
        (FIRST, FIRST.replace("so. [“", "so—[“").replace("] she", "]—she")),
        (SECOND, SECOND),
        (SECOND, f"[« {AFTER} »]"),
        (SECOND, f"[“{AFTER}”]"),
    ],
)
def test_marks_at_the_edges_may_have_another_form(text: str, copy: str) -> None:
    assert find(text, copy) == copy


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        (FIRST, FIRST.replace("“Nine", "Nine")),
        (FIRST, FIRST.replace("“Nine", "‘Nine")),
        (FIRST, FIRST.replace("“Nine", "“(Nine")),
        (FIRST, FIRST.replace(",”]", "”]")),
        (FIRST, FIRST.replace(",”]", ",]")),
        (FIRST, FIRST.replace(",”]", "”,]")),
        # A mark that stands beside the words, but is their neighbours'.
        (FIRST, FIRST.replace("so. [“Nine", "so.” Nine[")),
        (FIRST, FIRST.replace("so. [“Nine", "so.”\nNine[")),
        (SECOND, SECOND.replace("turned.”] That", "turned] .“That")),
        (SECOND, SECOND.replace("turned.”] That", "turned]\n.” That")),
    ],
)
def test_other_marks_at_the_edges_are_said(text: str, copy: str) -> None:
    assert find(text, copy) == "marks"


def test_marks_alone_are_found_beside_their_token() -> None:
    opening, closing = SAID.replace("“Nine", "[“]Nine"), SAID.replace("where,”", "where,[”]")
    assert (printed(opening).part, printed(closing).part) == ("lead", "trail")
    for text in (opening, closing):
        assert find(text, text) == text
        spaced = text.replace("“", '" ').replace("”", ' "').replace('[" ]', '["] ')
        spaced = spaced.replace('[ "]', ' ["]')
        assert find(text, spaced) == spaced
        assert find(text, SAID.replace("“Nine", "Nine").replace("where,”", "where,")) == "marks"


def test_no_stretch_goes_on_into_the_next_paragraph() -> None:
    text = f"So it was. [{BEFORE}] they sat.\n"
    assert find(text, text.replace("ferries at", "ferries\nat")) == text.replace(
        "ferries at", "ferries\nat"
    )
    for blank in ("\n\n", "\r\n\r\n", "\n \n"):
        assert find(text, text.replace("ferries at", f"ferries{blank}at")) == "words"


def test_words_cut_from_a_token_are_found_inside_it() -> None:
    text = f"{BEFORE} [Finch]’s crew {AFTER}\n"
    print = printed(text)
    assert (print.skip, print.drop) == (0, 2)
    assert find(text, text.replace("’", "'")) == text.replace("’", "'")
    other = f"{BEFORE} half-[built] ferries {AFTER}\n"
    assert (printed(other).skip, printed(other).drop) == (5, 0)
    assert find(other, other.upper().replace("\n", " ")) == other.upper().replace("\n", " ")
