"""Word documents: diagrams and inserted files are read where they stand, or said to be unread."""

from core.domain.knowledge import LeftOut
from ingestion.media import MediaType
from tests.ingestion.test_formats_word import RELATIONS, docx, parsed, run, with_part

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def diagram(relation: str) -> str:
    return (
        f'<w:r><w:drawing><d:relIds xmlns:d="{DRAWING}/diagram" xmlns:r="{RELATIONS}" '
        f'r:dm="{relation}"/></w:drawing></w:r>'
    )


def test_the_words_of_a_diagram_stand_where_it_is_shown() -> None:
    data = f'<d xmlns:a="{DRAWING}/main"><a:p><a:t>Porter first</a:t></a:p></d>'
    content = with_part(docx(run("Call:") + diagram("rId99"), run("End.")), "diagramData", data)

    assert parsed(MediaType.DOCX, content).text == "Call:\n- Porter first\n\nEnd."


def test_a_diagram_without_its_data_is_counted() -> None:
    document = parsed(MediaType.DOCX, docx(run("Call:") + diagram("rId77")))

    assert document.text.strip() == "Call:"
    assert document.left_out == (LeftOut("diagrams", 1),)
