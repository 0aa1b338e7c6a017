"""The passages of a page as indexed, to show how a document was cut."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from core.storage.tables import ChunkRow, DocumentVersionRow, PageRow


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage on its page: `page.text[start:end]` is the part of it that stands there.

    `number` counts from 1 through the document; `is_ready` tells whether it can be found.
    """

    number: int
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    is_ready: bool


def passages_on(session: Session, version: DocumentVersionRow, number: int) -> list[PassageView]:
    """Return the passages in reading order; empty if the page has none or do not exist."""
    page = session.get(PageRow, (version.id, number))
    if page is None:
        return []
    rows = session.exec(
        select(ChunkRow)
        .where(
            ChunkRow.version_id == version.id,
            col(ChunkRow.page_from) <= number,
            col(ChunkRow.page_to) >= number,
        )
        .order_by(col(ChunkRow.ordinal))
    ).all()
    return [_view(row, page) for row in rows]


def _view(row: ChunkRow, page: PageRow) -> PassageView:
    start = max(row.start - page.start, 0)
    return PassageView(
        number=row.ordinal + 1,
        headings=tuple(row.headings),
        text=row.text,
        start=start,
        end=max(min(row.end - page.start, len(page.text)), start),
        is_ready=row.is_ready,
    )
