"""The portfolio as PDF: the matrix, what is in which field and state, and the ideas as a table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from core.domain.ideas.card import label_of
from core.domain.text.dates import long_date
from core.printing.blocks import Block, Facts, Heading, Paragraph, Table, Title
from core.printing.pdf import to_pdf
from ideas.export import words
from ideas.export.matrix_drawing import matrix_drawing
from ideas.portfolio.board import Column
from ideas.portfolio.matrix import Matrix, Point

LISTED = 500
"""Ideas in the table, those with the highest scores; the spreadsheet has all of them."""
TITLE = "Portfolio of AI ideas"


def portfolio_pdf(
    matrix: Matrix, board: Sequence[Column], chosen: Mapping[str, str], at: datetime
) -> bytes:
    """Return the document; `chosen` says in words what the view was filtered by."""
    blocks = list(_blocks(matrix, board, chosen, at))
    return to_pdf(TITLE, blocks, footer=f"{TITLE}, {long_date(at)}")


def _blocks(
    matrix: Matrix, board: Sequence[Column], chosen: Mapping[str, str], at: datetime
) -> Iterator[Block]:
    yield Title(TITLE)
    yield Paragraph(_told(matrix, at), is_note=True)
    if chosen:
        yield Facts(list(chosen.items()))
    yield matrix_drawing(matrix)
    yield Table(
        ("Field", "Ideas with two or more reviews"),
        [(words.QUADRANTS[field], str(count)) for field, count in matrix.counts().items()],
    )
    yield Heading("Ideas by state")
    yield Table(
        ("State", "Ideas", "Half longer than, days", "Longest, days"),
        [
            (words.STATES[c.status], str(c.count), str(c.median_days), str(c.oldest_days))
            for c in board
            if c.count
        ],
    )
    yield Heading("Ideas on the matrix")
    yield _ideas(matrix.points)


def _told(matrix: Matrix, at: datetime) -> str:
    sentences = [
        f"{long_date(at)}. {len(matrix.points):,} ideas with a review, {matrix.unscored:,} without."
    ]
    if matrix.hidden_until_reviewed:
        sentences.append(
            f"{matrix.hidden_until_reviewed:,} are left out until your own review is in."
        )
    sentences.append(
        f"The fields meet at a value of {matrix.value_cut:.0f} and a feasibility of "
        f"{matrix.feasibility_cut:.0f}."
    )
    return " ".join(sentences)


def _ideas(points: Sequence[Point]) -> Block:
    if not points:
        return Paragraph("No idea of this view has a review yet.")
    best = sorted(points, key=lambda point: (-point.scored.total, point.entry.number))[:LISTED]
    header = ("Idea", "Title", "Field", "Value", "Feasibility", "Reviews", "Risk", "State")
    return Table(header, [_row(point) for point in best])


def _row(point: Point) -> tuple[str, ...]:
    entry, scored = point.entry, point.scored
    sign = ", provisional" if scored.is_provisional else ""
    apart = ", they disagree" if scored.is_disputed else ""
    return (
        label_of(entry.number),
        entry.title,
        f"{words.QUADRANTS[scored.quadrant]}{sign}",
        f"{scored.value:.0f}",
        f"{scored.feasibility:.0f}",
        f"{scored.reviews}{apart}",
        words.RISKS[entry.risk] if entry.risk else words.NOT_JUDGED,
        words.STATES[entry.status],
    )
