"""Numbers for people: no more decimals than the interval supports."""

from math import floor, log10

Interval = tuple[float, float] | None


def decimals(interval: Interval) -> int:
    """How many decimals the half-width of an interval supports, two at most; none without one.

    An interval of ±3 supports units, one of ±0.3 tenths.
    """
    if interval is None:
        return 0
    half = (interval[1] - interval[0]) / 2
    return min(max(-floor(log10(half)), 0), 2) if half > 0 else 0


def scaled(interval: Interval, scale: float) -> Interval:
    """An interval in other units."""
    return None if interval is None else (interval[0] * scale, interval[1] * scale)


def figure(value: float | None, interval: Interval) -> str:
    """A number as far as its interval supports it; a dash where there is none."""
    return "–" if value is None else f"{value:.{decimals(interval)}f}"


def interval_figure(interval: Interval) -> str:
    """An interval, such as `61–74`."""
    if interval is None:
        return ""
    digits = decimals(interval)
    return f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}"
