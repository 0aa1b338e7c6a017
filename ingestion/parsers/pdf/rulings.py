"""The lines drawn on a PDF page, which tell the cells of a bordered table apart."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

# Drawings have more parts, and borders have fewer corners.
MAX_OBJECTS, MAX_CORNERS = 3_000, 400
MAX_RULINGS = 2_000
# In points: borders are thinner, and sides of cells are longer.
THICK, SHORT = 3.0, 5.0
# Cells higher than this many lines of text are columns of a page.
MAX_LINES = 8

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A straight line at `position`, from `start` to `end` along the other axis; in points."""

    position: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rulings:
    """The upright and the level lines of a page."""

    upright: tuple[Ruling, ...] = ()
    level: tuple[Ruling, ...] = ()
    _known: dict[float, list[float]] = field(default_factory=dict, compare=False)

    def borders(self, bottom: float, top: float) -> list[float]:
        """Return the positions, from the left, of the borders between cells at this height.

        Empty unless there are two cells with lines above and below them.
        """
        middle = (bottom + top) / 2
        key = round(middle, 1)
        if key not in self._known:
            self._known[key] = self._borders(middle, top - bottom)
        return self._known[key]

    def _borders(self, middle: float, height: float) -> list[float]:
        positions = sorted(r.position for r in self.upright if r.start <= middle <= r.end)
        if len(positions) < 3:
            return []
        reach = MAX_LINES * max(height, 1.0)
        near = [r for r in self.level if abs(r.position - middle) <= reach]
        inside = [r for r in near if r.start < positions[-1] and r.end > positions[0]]
        is_closed = any(r.position > middle for r in inside) and any(
            r.position < middle for r in inside
        )
        return positions if is_closed else []


NONE = Rulings()


def read_rulings(page: pdfium.PdfPage) -> Rulings:
    """Return the borders on a page; none if the page is a drawing."""
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    if count > MAX_OBJECTS:
        return NONE
    upright: list[Ruling] = []
    level: list[Ruling] = []
    for index in range(count):
        item = pdfium_c.FPDFPage_GetObject(page.raw, index)
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_PATH:
            continue
        for first, last in _sides(item):
            _note(first, last, upright, level)
        if len(upright) + len(level) > MAX_RULINGS:
            return NONE
    return Rulings(tuple(upright), tuple(level))


def _note(first: Point, last: Point, upright: list[Ruling], level: list[Ruling]) -> None:
    across, along = abs(first[0] - last[0]), abs(first[1] - last[1])
    if across <= THICK < SHORT <= along:
        start, end = sorted((first[1], last[1]))
        upright.append(Ruling((first[0] + last[0]) / 2, start, end))
    elif along <= THICK < SHORT <= across:
        start, end = sorted((first[0], last[0]))
        level.append(Ruling((first[1] + last[1]) / 2, start, end))


def _sides(item: pdfium.PdfObject) -> Iterator[tuple[Point, Point]]:
    """Yield a thin shape as one line, or the straight sides of a stroked one."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return
    if min(right.value - left.value, top.value - bottom.value) <= THICK:
        yield (left.value, bottom.value), (right.value, top.value)
    elif _is_drawn(item) and pdfium_c.FPDFPath_CountSegments(item) <= MAX_CORNERS:
        yield from _corners(item)


def _is_drawn(item: pdfium.PdfObject) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    has_mode = pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
    return bool(has_mode and stroke.value)


def _corners(item: pdfium.PdfObject) -> Iterator[tuple[Point, Point]]:
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFPageObj_GetMatrix(item, matrix)
    begin = before = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium_c.FPDFPath_CountSegments(item)):
        segment = pdfium_c.FPDFPath_GetPathSegment(item, index)
        if not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            return
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
            yield before, point
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield point, begin
        before = point
