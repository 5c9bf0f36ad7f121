"""Mentions: which ones the page shows, and all of them from what it says.

The source of a quote with one speaker is a mention by itself, as in anchor files.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from onrecord.anchors.filling import mention_form, source_mentions
from onrecord.labelstudio.controls import MENTION
from onrecord.labelstudio.regions import Region
from onrecord.labelstudio.sheets import Reading, free_ids, merged, record_ids
from onrecord.model import Annotation, Mention, Quote, Speaker
from onrecord.text import covers


def shown_mentions(
    annotation: Annotation, text: str, speakers: Mapping[str, Speaker]
) -> list[Mention]:
    """The mentions that the sources of the quotes do not give by themselves.

    With those that keep a source from giving one that nobody annotated.
    """
    every = {_same(each): each for each in annotation.mentions}
    shown: dict[tuple[object, ...], Mention] = {}
    while True:
        found = mentions_of_sources(annotation.quotes, list(shown.values()), text, speakers)
        made = {_same(each): each for each in found}
        surplus = [made[key] for key in made.keys() - every.keys()]
        lacking = {
            key: each
            for key, each in every.items()
            if key not in shown and (key not in made or any(_holds(s, each) for s in surplus))
        }
        if not lacking:
            return [each for key, each in every.items() if key in shown]
        shown |= lacking


def _same(mention: Mention) -> tuple[object, ...]:
    return mention.span, mention.speaker, mention.form


def _holds(outer: Mention, inner: Mention) -> bool:
    return outer.speaker == inner.speaker and covers(outer.span, inner.span)


def mentions_of_sources(
    quotes: Iterable[Quote], given: list[Mention], text: str, speakers: Mapping[str, Speaker]
) -> list[Mention]:
    """Mentions for sources of one speaker that hold none of the given ones of that speaker."""
    alone = [
        quote
        for quote in quotes
        if not any(
            mention.speaker in quote.speaker and covers(quote.source, mention.span)
            for mention in given
        )
    ]
    return source_mentions(text, alone, given, speakers)


def read_mentions(reading: Reading, quotes: Iterable[Quote]) -> tuple[Mention, ...]:
    """The mentions drawn, and those that are sources."""
    base = reading.sheet.base.mentions
    regions = list(reading.marked.labelled(MENTION))
    ids = record_ids(regions, "e", (each.id for each in base))
    drawn = [_mention(reading, region, ids[region.id]) for region in regions]
    mentions = [each for each in drawn if each]
    if reading.sheet.expects("mentions"):
        known = {(each.span, each.speaker): each for each in base}
        free = free_ids("e", {*ids.values(), *(each.id for each in base)})
        speakers = reading.names.speakers
        mentions += [
            known.get((each.span, each.speaker)) or replace(each, id=next(free))
            for each in mentions_of_sources(quotes, mentions, reading.sheet.text, speakers)
        ]
    return merged(mentions, base, lambda each: each.id, _place)


def _place(mention: Mention) -> tuple[int, int]:
    return mention.span[0].start, -mention.span[-1].end


def _mention(reading: Reading, region: Region, id: str) -> Mention | None:
    speakers, span = reading.speakers(region), reading.span(region)
    if len(speakers) != 1:
        reading.report(
            "field-speaker",
            region.pointer,
            f"a mention of {len(speakers)} speakers",
            "choose one; a pronoun for two is two mentions of one span",
        )
        return None
    if not span:
        return None
    form: Any = region.one("mention_form")
    if form is None and reading.sheet.expects("mentions.form"):
        words = reading.sheet.text[span[0].start : span[-1].end]
        form = mention_form(words, reading.names.speakers.get(speakers[0]))
    orig = next((each.orig for each in reading.sheet.base.mentions if each.id == id), ())
    return Mention(id=id, span=span, speaker=speakers[0], form=form, orig=orig)
