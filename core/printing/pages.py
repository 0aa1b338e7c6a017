"""Pages with a footer that says how many there are, which is known at their end only."""

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph as TextBlock

from core.printing import styles
from core.printing.fonts import PLAIN, printable

NUMBER_WIDTH = 90


class NumberedPages(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """A canvas that keeps its pages until all are there."""

    def __init__(self, *arguments: object, footer: str, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._footer = footer
        self._kept: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802  # the name that ReportLab calls
        """Keep a page and begin the next one."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw the footers and write the file."""
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._draw_footer(f"Page {number} of {len(self._kept)}")
            super().showPage()
        super().save()

    def _draw_footer(self, pages: str) -> None:
        line = TextBlock(printable(self._footer).markup, styles.FOOTER)
        line.wrapOn(self, styles.TEXT_WIDTH - NUMBER_WIDTH, styles.MARGIN)
        line.drawOn(self, styles.MARGIN, styles.MARGIN / 2)
        self.setFont(PLAIN, styles.FOOTER.fontSize)
        self.setFillColor(styles.GREY)
        baseline = styles.MARGIN / 2 + styles.FOOTER.leading - styles.FOOTER.fontSize
        self.drawRightString(styles.PAGE_WIDTH - styles.MARGIN, baseline, pages)
