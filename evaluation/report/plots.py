"""The plots of a run as inline SVG, drawn with the colours of the page around them."""

from collections.abc import Sequence
from html import escape

from core.domain.text.plurals import count
from evaluation.measures import measure_of
from evaluation.report.lines import MeasureLine

WIDTH, ROW, TOP = 760, 30, 26
LABEL = 270
PLOT = WIDTH - LABEL - 70
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def measure_bars(lines: Sequence[MeasureLine]) -> str:
    """Draw a bar per mean share, its 95 % interval, and a mark for the baseline."""
    drawn = [line for line in lines if _fits(line)]
    height = TOP + ROW * len(drawn) + 6
    grid = "".join(_tick(tick, height) for tick in TICKS)
    rows = "".join(_row(line, TOP + ROW * position) for position, line in enumerate(drawn))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Means of the measures with their intervals">{grid}{rows}</svg>'
    )


def _fits(line: MeasureLine) -> bool:
    """Leave scores below 0 and counts out: they have another scale and are in the table."""
    measure = measure_of(line.name)
    return measure.is_share and measure.name not in ("score", "invalid_citations")


def _tick(value: float, height: int) -> str:
    x = _x(value)
    return (
        f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP - 6}" y2="{height - 6}"/>'
        f'<text class="tick" x="{x}" y="14" text-anchor="middle">{value:g}</text>'
    )


def _row(line: MeasureLine, y: int) -> str:
    middle = y + ROW // 2
    is_lower_better = not measure_of(line.name).is_higher_better
    label = line.title + (" ↓" if is_lower_better else "")
    return (
        f"<g><title>{escape(_spoken(line))}</title>"
        f'<text class="label" x="{LABEL - 10}" y="{middle + 4}" text-anchor="end">'
        f"{escape(label)}</text>"
        f'<rect class="bar" x="{LABEL}" y="{y + 7}" width="{_x(line.mean) - LABEL:.1f}" '
        f'height="{ROW - 14}" rx="2"/>'
        f"{_interval(line, middle)}{_baseline(line, y)}"
        f'<text class="value" x="{WIDTH - 60}" y="{middle + 4}">{line.mean:.3f}</text></g>'
    )


def _interval(line: MeasureLine, y: int) -> str:
    low, high = _x(line.interval.low), _x(line.interval.high)
    path = f"M{low} {y - 5}V{y + 5}M{low} {y}H{high}M{high} {y - 5}V{y + 5}"
    return f'<path class="interval" d="{path}"/>'


def _baseline(line: MeasureLine, y: int) -> str:
    if line.difference is None:
        return ""
    x = _x(line.difference.baseline)
    outcome = escape(line.difference.outcome.value)
    return f'<line class="baseline {outcome}" x1="{x}" x2="{x}" y1="{y + 2}" y2="{y + ROW - 2}"/>'


def _spoken(line: MeasureLine) -> str:
    bounds = f"{line.interval.low:.3f} to {line.interval.high:.3f}"
    before = f", baseline {line.difference.baseline:.3f}" if line.difference else ""
    return f"{line.title}: {line.mean:.3f} ({bounds}){before}, {count(line.cases, 'case')}"


def _x(value: float) -> float:
    return round(LABEL + PLOT * min(max(value, 0.0), 1.0), 1)
