"""What belongs together because it stands together: the nearest cue and source of a content."""

from collections.abc import Iterable, Iterator, Sequence

from onrecord.model import Fragment, Span
from onrecord.predictions import PredictedQuote
from onrecord.text import Paragraphs

Place = tuple[int, int]


def nearest(places: Iterable[Place], content: Span, bounds: Place) -> Span:
    """The place nearest to the content, outside it and within bounds; maybe nothing."""
    outside = [
        place
        for place in places
        if bounds[0] <= place[0] < bounds[1] and not _touches(place, content)
    ]
    if not outside:
        return ()
    start, end = min(outside, key=lambda place: (_distance(place, content), place))
    return (Fragment(start=start, end=end),)


def link(
    text: str, contents: Iterable[Place], cues: Sequence[Place], sources: Sequence[Place]
) -> Iterator[PredictedQuote]:
    """Each content with the nearest cue in its paragraphs, and the source nearest to that cue."""
    paragraphs = Paragraphs(text)
    for start, end in contents:
        content = (Fragment(start=start, end=end),)
        bounds = paragraphs.around(start)[0], paragraphs.around(end - 1)[1]
        cue = nearest(cues, content, bounds)
        beside = [place for place in sources if not _touches(place, content)]
        source = nearest(beside, cue or content, bounds)
        yield PredictedQuote(content=content, cue=cue or None, source=source or None)


def _touches(place: Place, content: Span) -> bool:
    return any(place[0] < part.end and part.start < place[1] for part in content)


def _distance(place: Place, content: Span) -> int:
    return min(max(place[0] - part.end, part.start - place[1]) for part in content)
