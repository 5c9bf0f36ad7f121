"""The labeling config: Label Studio's XML, generated from the model and labels.json.

The article stands on the left under the labels, the panel on the right shows what can be said of
the region selected. All that a person sees of the scheme comes from the records: names of fields
and labels as they stand in the data, definitions as hints.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from onrecord.labels import labels
from onrecord.labelstudio.controls import (
    BESIDE,
    CONTENT,
    CONTROLS,
    DISPUTED,
    FRAGMENT,
    ISSUES,
    LABELS,
    LOCALS,
    MARK,
    MENTION,
    RELATIONS,
    SHOWING,
    SPAN,
    TEXT,
)
from onrecord.labelstudio.style import COLOURS, STYLE
from onrecord.model import Quote, Stance

HOTKEYS: Final[Mapping[str, str]] = {
    "content": "c",
    "cue": "x",
    "source": "s",
    "addressee": "a",
    "via": "v",
    "fragment": "f",
    "mention": "m",
    "mark": "k",
    "evidence": "e",
    "condition": "d",
}
"""Of the labels; those that are rarely asked for have none of their own."""
_CHOICE_HOTKEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "act": ("1", "2", "3", "4", "5"),
    "status": ("6", "7", "8", "9", "0"),
    "form": ("q", "w", "r", "t"),
    "issue_1": ("shift+1", "shift+2", "shift+3", "shift+4", "shift+5"),
    "issue_2": ("shift+6", "shift+7", "shift+8", "shift+9", "shift+0"),
    "issue_3": ("shift+q", "shift+w", "shift+e", "shift+r", "shift+t"),
    "mention_form": ("n", "o", "p", "l"),
    "verdict": ("i", "j"),
}
_MEANINGS: Final[Mapping[str, str]] = {
    FRAGMENT: "A further piece of a span: draw a relation to its first piece.",
    MENTION: "A place that refers to a speaker of this article and is no quote's source.",
    MARK: "Quotation marks that enclose no speech, with the words between; or an apostrophe.",
    DISPUTED: "A quote that not all versions have, or have alike: give it a verdict.",
}

_RELATE: Final = "Alt+R, then click what it belongs to."
_HELP: Final = (
    "Press a label's key and select words; Esc ends it. Click a region to see its fields here.",
    "Alt+R, then another region: a relation. A cue, source, addressee, via, evidence or condition"
    " goes to its content; a fragment to the first piece of its span; a content to the one that it"
    " continues or repeats.",
    "Sources are mentions, and quoted words have their marks, by themselves. Nothing chosen means"
    " say, clause, actual, and none for every issue.",
    "A choice made again is given up. Backspace deletes, Ctrl+Z undoes, Ctrl+Enter submits.",
)


def labeling_config(issues: int = len(ISSUES), *, adjudicating: bool = False) -> str:
    """The XML of a project whose articles have up to `issues` issues (1 to 3).

    `adjudicating` adds the verdict on quotes that not all layers have.
    """
    slots = ISSUES[:issues]
    page = _view(
        "onrecord",
        _element("Style", text=STYLE),
        _element("Relations", None, *(_element("Relation", {"value": each}) for each in RELATIONS)),
        _view("or-left", _toolbar(adjudicating), _article(adjudicating)),
        _view("or-panel", *_panel(slots, adjudicating)),
    )
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"


def _element(
    tag: str, attributes: Mapping[str, str] | None = None, *children: Element, text: str = ""
) -> Element:
    found = Element(tag, dict(attributes or {}))
    found.text = text or None
    found.extend(children)
    return found


def _view(css: str, *children: Element, **attributes: str) -> Element:
    return _element("View", {"className": css, **attributes}, *children)


def _line(words: str) -> Element:
    """A line of text; Label Studio has no plainer tag for it."""
    return _element("Header", {"value": words, "size": "6"})


def _toolbar(adjudicating: bool) -> Element:
    """The labels, which stay in sight while the article scrolls."""
    names = {"name": SPAN, "toName": TEXT, "showInline": "true"}
    labels = [name for name in LABELS if adjudicating or name != DISPUTED]
    return _view("or-labels", _element("Labels", names, *map(_label, labels)))


def _label(name: str) -> Element:
    attributes = {"value": name, "background": COLOURS[name], "hint": _meaning(name)}
    if name in HOTKEYS:
        attributes["hotkey"] = HOTKEYS[name]
    return _element("Label", attributes)


def _meaning(label: str) -> str:
    return _MEANINGS.get(label) or _descriptions(Quote).get(label) or _descriptions(Stance)[label]


@cache
def _descriptions(record: Any) -> dict[str, str]:
    """What the model says of the fields of a record type."""
    from onrecord.schemas import schema_of

    properties = schema_of(record)["$defs"][record.__name__]["properties"]
    return {name: field.get("description", "") for name, field in properties.items()}


def _article(adjudicating: bool) -> Element:
    lines = [_line("$facts")]
    if adjudicating:
        lines.append(_view("or-differences", _line("$differences")))
    text = _element("Text", {"name": TEXT, "value": f"${TEXT}", "granularity": "symbol"})
    return _view("or-article", *lines, text)


def _panel(slots: tuple[str, ...], adjudicating: bool) -> Iterable[Element]:
    """What stands beside the article: help while nothing is selected, else the region's fields."""
    yield _view("or-help", *_help(slots), visibleWhen="no-region-selected")
    if adjudicating:
        yield _for((CONTENT,), _field("verdict, if it is disputed", _choices("verdict")))
    yield _for(
        (CONTENT, MENTION),
        _field(
            "speaker",
            _choices("speaker", value="$speakers", layout="select"),
            _text("new_speaker", "not in the list: an id, or a new name (group, described)"),
        ),
    )
    yield _for((CONTENT,), *_quote_fields(), *_stances(slots))
    yield _for((MENTION,), _field("form", _choices("mention_form")))
    yield _for((MARK,), _field("kind", _choices("kind")))
    yield _for(SHOWING, _field("of the stance towards", _choices("towards")))
    yield _for((*BESIDE, FRAGMENT, *SHOWING), _line(_RELATE))


def _help(slots: tuple[str, ...]) -> Iterable[Element]:
    yield _view("or-title", _line("Issues"))
    for slot in slots:
        yield _line(f"${slot}")
    yield _view("or-title", _line("How"))
    for words in _HELP:
        yield _line(words)


def _for(labels: tuple[str, ...], *children: Element) -> Element:
    """A group that is in sight while a region with one of the labels is selected."""
    when = {"whenTagName": SPAN, "whenLabelValue": ",".join(labels)}
    return _view("or-group", *children, visibleWhen="region-selected", **when)


def _field(title: str, *children: Element, css: str = "or-field") -> Element:
    return _view(css, _line(title), *children)


def _quote_fields() -> Iterable[Element]:
    for name in ("join", "act", "form", "status"):
        yield _row(name)
    doubt = (_choices("doubtful", choice="multiple"), _text("note", "a note"))
    yield _view("or-field or-doubt", *doubt)


def _stances(slots: tuple[str, ...]) -> Iterable[Element]:
    for slot in slots:
        yield _field(f"${slot}", *_stance(slot), css="or-field or-stance")
    panels = []
    for slot in LOCALS:
        target = _text(f"{slot}_target", "what: an id, its words, or new words")
        title = slot.replace("_", " target ")
        panels.append(_element("Panel", {"value": title}, target, *_stance(slot)))
    yield _element("Collapse", {"bordered": "false", "open": "false"}, *panels)


def _row(name: str, title: str = "") -> Element:
    """A control with its title at its left."""
    return _field(title or name, _choices(name), css="or-field or-row")


def _stance(slot: str) -> Iterable[Element]:
    yield _choices(slot)
    for name in ("basis", "carrier"):
        yield _row(f"{slot}_{name}", name)
    yield _text(f"{slot}_note", "a note")


def _choices(name: str, **attributes: str) -> Element:
    control = CONTROLS[name]
    meanings = labels().get(control.definitions, {})
    keys = dict(zip(control.choices or (), _CHOICE_HOTKEYS.get(name, ()), strict=False))
    choices = []
    for value in control.choices or ():
        beside = {"hint": meanings.get(value), "hotkey": keys.get(value)}
        given = {key: words for key, words in beside.items() if words}
        choices.append(_element("Choice", {"value": value} | given))
    # Not single-radio: what is chosen there cannot be given up, and keys are dead after a click.
    kind = {"choice": "multiple" if control.multiple else "single"}
    kind |= {} if "layout" in attributes else {"showInline": "true"}
    return _view(f"or-{name}", _element("Choices", _per_region(name) | kind | attributes, *choices))


def _text(name: str, placeholder: str) -> Element:
    most = {
        "rows": "1",
        "editable": "true",
        "maxSubmissions": "9" if CONTROLS[name].multiple else "1",
    }
    attributes = _per_region(name) | {"placeholder": placeholder} | most
    return _view(f"or-{name}", _element("TextArea", attributes))


def _per_region(name: str) -> dict[str, str]:
    labels = ",".join(CONTROLS[name].labels)
    return {"name": name, "toName": TEXT, "perRegion": "true", "whenLabelValue": labels}
