"""The words and figures of a chart, as all office programs store them: titles, then a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as XmlElement
from pptx.oxml import parse_xml

from ingestion.parsers.building import one_line
from ingestion.parsers.numbers.formats import shown_number
from ingestion.parsers.tables import Row, table_lines

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
# More points than this are a curve, which nobody reads point by point.
MAX_ROWS = 1_000
# The highest number of a point, which is its row in the table.
MAX_POINT = 100_000

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Series:
    """A row of figures with its name; `labels` name each figure."""

    name: str
    labels: Values
    values: Values


def chart_text(data: bytes) -> str:
    """Return the titles of a chart and its axes, one on a line, then its figures as a table.

    The figures are those that were saved with the chart.
    """
    chart = parse_xml(data)
    series = [*_classic(chart), *_extended(chart)]
    return "\n".join([*chart_titles(chart), *_tables(series)])


def chart_titles(chart: XmlElement) -> list[str]:
    """Return the titles of a chart and its axes, typed or taken from a cell."""
    titles = (part for part in chart.iter() if part.tag in (f"{C}title", f"{CX}title"))
    return [title for title in map(_title, titles) if title]


def _title(title: XmlElement) -> str:
    typed = "".join(text.text or "" for text in title.iter(f"{A}t"))
    cells = (part for part in title.iter() if part.tag in (f"{C}v", f"{CX}v"))
    return one_line(typed or " ".join(cell.text or "" for cell in cells))


def _tables(series: Sequence[_Series]) -> Iterator[str]:
    """Yield the lines of one table for all series that have the same labels."""
    by_labels: dict[Values, list[_Series]] = {}
    for data_series in series:
        by_labels.setdefault(data_series.labels, []).append(data_series)
    for labels, group in by_labels.items():
        names = ("", *(data_series.name for data_series in group))
        columns = [labels, *(data_series.values for data_series in group)]
        count = min(max(map(len, columns)), MAX_ROWS)
        rows = [
            tuple(column[at] if at < len(column) else "" for column in columns)
            for at in range(count)
        ]
        yield from table_lines([Row(names), *map(Row, rows)], headers=1)


def _classic(chart: XmlElement) -> Iterator[_Series]:
    """Yield the series of bars, lines, pies and the like; bubble sizes are one of their own."""
    for series in chart.iter(f"{C}ser"):
        name = one_line(" ".join(v.text or "" for v in _below(series, f"{C}tx", f"{C}v")))
        labels = _labels(series.find(f"{C}cat")) or _points(series.find(f"{C}xVal"))
        values = _points(series.find(f"{C}val")) or _points(series.find(f"{C}yVal"))
        yield _Series(name, labels, values)
        if sizes := _points(series.find(f"{C}bubbleSize")):
            yield _Series(f"{name} size".strip(), labels, sizes)


def _labels(part: XmlElement | None) -> Values:
    """Return the labels of an axis; those of several levels are joined, the outermost first."""
    levels = [] if part is None else list(part.iter(f"{C}lvl"))
    return _joined(levels, f"{C}pt") if levels else _points(part)


def _points(part: XmlElement | None) -> Values:
    """Return the values as the chart keeps them, in their number format."""
    if part is None:
        return ()
    number_format = next(part.iter(f"{C}formatCode"), None)
    code = (number_format.text or "General") if number_format is not None else "General"
    points = ((p.get("idx"), p.findtext(f"{C}v"), p.get("formatCode")) for p in part.iter(f"{C}pt"))
    return _in_order((at, _shown(value or "", own or code)) for at, value, own in points)


def _extended(chart: XmlElement) -> Iterator[_Series]:
    """Yield the series of the kinds of chart that Office added in 2016, such as waterfalls."""
    names = {
        data_series.find(f"{CX}dataId").get("val"): one_line(
            " ".join(v.text or "" for v in _below(data_series, f"{CX}tx", f"{CX}v"))
        )
        for data_series in chart.iter(f"{CX}series")
        if data_series.find(f"{CX}dataId") is not None
    }
    for data in chart.iter(f"{CX}data"):
        labels = _joined(list(_below(data, f"{CX}strDim", f"{CX}lvl")), f"{CX}pt")
        for level in _below(data, f"{CX}numDim", f"{CX}lvl"):
            code = level.get("formatCode") or "General"
            points = ((p.get("idx"), _shown(p.text or "", code)) for p in level.iter(f"{CX}pt"))
            yield _Series(names.get(data.get("id"), ""), labels, _in_order(points))


def _joined(levels: Sequence[XmlElement], tag: str) -> Values:
    """Join labels of several levels, innermost first; an outer one holds until the next."""
    read = [
        _in_order(
            (p.get("idx"), one_line(p.findtext(f"{C}v") or p.text or "")) for p in level.iter(tag)
        )
        for level in levels
    ]
    outer = [_held(level, len(read[0])) for level in reversed(read[1:])]
    return tuple(
        " ".join(filter(None, (*(level[at] for level in outer), label)))
        for at, label in enumerate(read[0] if read else ())
    )


def _held(labels: Values, count: int) -> list[str]:
    last, held = "", []
    for at in range(count):
        last = (labels[at] if at < len(labels) else "") or last
        held.append(last)
    return held


def _in_order(points: Iterator[tuple[str | None, str]]) -> Values:
    """Return texts ordered by the number of their point; points without a value are empty."""
    values = {
        int(at): text
        for at, text in points
        if at and at.isascii() and at.isdecimal() and len(at) < 7 and int(at) < MAX_POINT
    }
    return tuple(values.get(at, "") for at in range(max(values, default=-1) + 1))


def _below(element: XmlElement, child: str, tag: str) -> Iterator[XmlElement]:
    for branch in element.iterchildren(child):
        yield from branch.iter(tag)


def _shown(value: str, number_format: str) -> str:
    try:
        return shown_number(float(value), number_format)
    except ValueError:
        return one_line(value)
