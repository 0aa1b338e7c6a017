"""Excel workbooks: a page for each sheet, or several; every row as `a | b | c`."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence

import openpyxl

from core.domain.knowledge import ParsedDocument
from ingestion.parsers.building import build
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.inner_files import InnerFiles
from ingestion.parsers.office.spreadsheets import workbook
from ingestion.parsers.office.spreadsheets.grid import sheet_of
from ingestion.parsers.office.spreadsheets.parts import SheetParts
from ingestion.parsers.office.spreadsheets.sheet import Book, read_grid, shared_texts
from ingestion.parsers.office.spreadsheets.styles import styles_of
from ingestion.parsers.office.spreadsheets.workbook import NamedSheet
from ingestion.parsers.pictures import left_out, pictures_in

# Some 5 million cells, which take as long as a file may. Larger files go to the faster library,
# which does not know number formats.
MAX_XML = 200 * 2**20
FROM_1904 = 1904
TEXTS = "xl/sharedStrings.xml"


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read values as people see them, and formulas with the value they had when saved.

    Hidden sheets, rows and columns are not text of the workbook; a hidden sheet keeps its number.
    Text boxes and the titles of charts stand below the cells; comments are counted.
    """
    files = InnerFiles()
    with damaged_if_it_fails(workbook.DAMAGED):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size, pictures = _xml_size(archive), pictures_in(archive)
        if size > MAX_XML:
            return workbook.parse(content, file_name)
        with warnings.catch_warnings():
            # openpyxl warns of every extension it ignores; none of them holds text.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                pages, hidden = workbook.pages_of(_sheets(book, archive, files))
        title = book.properties.title
        book.close()
    return build(
        pages,
        file_name,
        titles=[title],
        hidden=[*hidden, *files.hidden],
        left_out=files.unread.left_out(*left_out(pictures)),
    )


def _xml_size(archive: zipfile.ZipFile) -> int:
    entries = (entry for entry in archive.infolist() if entry.filename.endswith(".xml"))
    return sum(entry.file_size for entry in entries if "xl/" in entry.filename)


def _sheets(
    book: openpyxl.Workbook,
    archive: zipfile.ZipFile,
    files: InnerFiles,
) -> Iterator[NamedSheet]:
    calculation = book.calculation
    known = Book(
        _texts(book, archive),
        styles_of(book),
        book.epoch.year == FROM_1904,
        bool(calculation is not None and calculation.fullCalcOnLoad),
    )
    files.unread["charts"] += len(book.chartsheets)  # each a sheet of its own
    unseen = {sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"}
    parts = SheetParts(archive, files, unseen)
    for number, sheet in enumerate(book.worksheets, start=1):
        with sheet._get_source() as source:
            grid = read_grid(source, known)
        beside = parts.words(sheet._worksheet_path, number)
        is_shown = sheet.title not in unseen
        yield NamedSheet(sheet.title, sheet_of(grid), is_shown=is_shown, beside=beside)


def _texts(book: openpyxl.Workbook, archive: zipfile.ZipFile) -> Sequence[str]:
    """Return the texts of the cells, read again if words in them are struck out."""
    if TEXTS in archive.namelist() and b"<strike" in archive.read(TEXTS):
        with archive.open(TEXTS) as source:
            return shared_texts(source)
    known: Sequence[str] = (
        getattr(book, "shared_strings", None) or book.worksheets[0]._shared_strings
    )
    return known
