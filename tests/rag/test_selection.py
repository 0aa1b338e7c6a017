"""Which passages an answer is made from."""

from dataclasses import replace

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from rag.finding.selection import select

PAGE = (
    "Parents get ninety days of leave. They tell their lead in good time.\n\nForms lie at the desk."
)
FIRST, SECOND = PAGE.split("\n\n")


def hit(
    text: str, *, document: str = "leave", ordinal: int = 0, start: int = 0, score: float = 1.0
) -> RetrievedChunk:
    chunk = Chunk(
        id=abs(hash((document, ordinal, text))),
        collection_id="c",
        document_id=document,
        version_id=f"{document}-1",
        document_title=document,
        file_name=f"{document}.txt",
        external_id=None,
        ordinal=ordinal,
        text=text,
        start=start,
        page_from=1,
        page_to=1,
    )
    return RetrievedChunk(chunk, score)


def test_a_copy_in_another_document_is_left_out() -> None:
    copy = hit(FIRST.replace("ninety", "Ninety"), document="old leave")

    chosen = select([hit(FIRST), copy, hit(SECOND, ordinal=5)], "How long is the leave?", 8)

    assert [h.chunk.document_id for h in chosen] == ["leave", "leave"]


def test_neighbours_on_a_page_are_read_as_they_stand_in_the_document() -> None:
    second = hit(SECOND, ordinal=1, start=PAGE.index(SECOND))

    [joined] = select([second, hit(FIRST)], "How long is the leave?", 8)

    assert joined.chunk.text == PAGE
    assert joined.chunk.start == 0
    assert joined.chunk.id == second.chunk.id


def test_rows_of_a_table_stay_rows_where_neighbours_are_joined() -> None:
    first, second = "Oak | 40 mm | Ines", "Ash | 27 mm | Bruno"
    later = hit(second, ordinal=1, start=len(first) + 1)

    [joined] = select([hit(first), later], "How thick is the ash?", 8)

    assert joined.chunk.text == f"{first}\n{second}"


def test_neighbours_under_different_headings_stay_apart() -> None:
    second = hit(SECOND, ordinal=1, start=PAGE.index(SECOND))
    elsewhere = replace(second, chunk=replace(second.chunk, headings=("Forms",)))

    assert len(select([hit(FIRST), elsewhere], "How long is the leave?", 8)) == 2


def test_a_question_that_compares_reads_several_documents() -> None:
    texts = ["train rule one", "flight rule two", "meal rule three"]
    travel = [hit(text, document="travel", ordinal=2 * n) for n, text in enumerate(texts)]
    moving = hit("removal rule four", document="moving")

    chosen = select([*travel, moving], "How do travel and moving rules differ?", 3)

    assert {h.chunk.document_id for h in chosen} == {"travel", "moving"}


def test_any_other_question_keeps_the_order_found() -> None:
    texts = ["train rule one", "flight rule two", "meal rule three"]
    travel = [hit(text, document="travel", ordinal=2 * n) for n, text in enumerate(texts)]
    moving = hit("removal rule four", document="moving")

    assert list(select([*travel, moving], "What are the travel rules?", 3)) == travel
