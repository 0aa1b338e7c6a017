"""Work on a document can be paused, resumed, cancelled and tried again, at any moment of it."""

from collections.abc import Callable, Sequence

import pytest
from sqlmodel import select

from core.domain.knowledge import DocumentState, Upload
from core.domain.ports import EmbeddedPassages, Spans
from core.storage.tables import ChunkRow, DocumentVersionRow
from ingestion.values import Receipt
from tests.ingestion.conftest import ADMIN, COLLECTION, House

Stop = Callable[[House, str], int]


def pause(house: House, version_id: str) -> int:
    return house.documents.pause(ADMIN, [version_id])


def cancel(house: House, version_id: str) -> int:
    return house.documents.cancel(ADMIN, [version_id])


def while_embedding(house: House, do: Callable[[], object]) -> None:
    """Has something happen between the reading of a document and its passages being stored."""
    embed = house.embedder.embed_with_sentences

    def embed_and_do(texts: Sequence[str], spans: Sequence[Spans]) -> EmbeddedPassages:
        house.embedder.embed_with_sentences = embed  # type: ignore[method-assign]  # once only
        do()
        return embed(texts, spans)

    house.embedder.embed_with_sentences = embed_and_do  # type: ignore[method-assign]  # see above


def queued(house: House, *names: str) -> list[Receipt]:
    """Uploads that nothing has worked on yet."""
    house.queue.is_held = True
    uploads = [Upload(name, f"Words of {name}.".encode()) for name in names]
    receipts = house.documents.upload(ADMIN, COLLECTION, uploads)
    house.queue.is_held = False
    return receipts


def run(house: House, receipts: Sequence[Receipt]) -> None:
    house.pipeline.run([receipt.version_id or "" for receipt in receipts])


def chunk_count(house: House) -> int:
    with house.database.read() as session:
        return len(session.exec(select(ChunkRow.id)).all())


@pytest.mark.parametrize(
    ("stop", "state"), [(pause, DocumentState.PAUSED), (cancel, DocumentState.CANCELLED)]
)
def test_a_waiting_document_that_is_stopped_is_left_alone(
    house: House, stop: Stop, state: DocumentState
) -> None:
    stopped, other = queued(house, "a.txt", "b.txt")

    assert stop(house, stopped.version_id or "") == 1
    run(house, [stopped, other])

    assert house.state(stopped) is state
    assert house.state(other) is DocumentState.READY


@pytest.mark.parametrize(
    ("stop", "state"), [(pause, DocumentState.PAUSED), (cancel, DocumentState.CANCELLED)]
)
def test_a_document_stopped_while_it_is_embedded_leaves_nothing_behind(
    house: House, stop: Stop, state: DocumentState
) -> None:
    stopped, other = queued(house, "a.txt", "b.txt")
    while_embedding(house, lambda: stop(house, stopped.version_id or ""))

    run(house, [stopped, other])

    assert house.state(stopped) is state
    assert house.state(other) is DocumentState.READY
    assert chunk_count(house) == len(house.vectors.ids(COLLECTION)) == 1
    assert house.vectors.ids(COLLECTION) == house.keywords.ids(COLLECTION)


def test_a_paused_document_goes_on_when_it_is_resumed(house: House) -> None:
    [receipt] = queued(house, "a.txt")
    pause(house, receipt.version_id or "")

    assert house.documents.resume_unfinished() == 0
    assert house.state(receipt) is DocumentState.PAUSED
    assert house.documents.resume(ADMIN, [receipt.version_id or ""]) == 1

    assert house.state(receipt) is DocumentState.READY


def test_a_cancelled_document_can_be_tried_again_or_uploaded_again(house: House) -> None:
    first, second = queued(house, "a.txt", "b.txt")
    for receipt in (first, second):
        cancel(house, receipt.version_id or "")

    assert house.documents.retry(ADMIN, [first.version_id or ""]) == 1
    again = house.upload("b.txt", "Words of b.txt.")

    assert again.version_id == second.version_id
    assert house.state(first) is house.state(second) is DocumentState.READY


def test_a_finished_document_can_neither_be_paused_nor_cancelled(house: House) -> None:
    receipt = house.upload("a.txt", "Words.")

    assert pause(house, receipt.version_id or "") == 0
    assert cancel(house, receipt.version_id or "") == 0
    assert house.state(receipt) is DocumentState.READY


def test_a_cancelled_new_version_leaves_the_older_one_answering(house: House) -> None:
    old = house.upload("a.txt", "Old words.")
    [new] = queued(house, "a.txt")

    cancel(house, new.version_id or "")
    run(house, [new])

    [overview] = house.documents.list(ADMIN)
    assert (overview.version, overview.state) == (2, DocumentState.CANCELLED)
    assert house.state(old) is DocumentState.READY
    assert chunk_count(house) == len(house.vectors.ids(COLLECTION)) == 1


def test_an_interrupted_run_fails_nothing_and_is_resumed(house: House) -> None:
    receipts = queued(house, "a.txt", "b.txt")
    while_embedding(house, house.pipeline.interrupt)
    house.embedder.forbidden_word = "Words of"  # neither can be embedded, whatever comes first

    run(house, receipts)

    with house.database.read() as session:
        states = set(session.exec(select(DocumentVersionRow.state)).all())
    assert states <= {"queued", "parsing", "indexing"}
    house.embedder.forbidden_word = ""
    house.pipeline.reopen()
    assert house.documents.resume_unfinished() == 2
    assert [house.state(receipt) for receipt in receipts] == [DocumentState.READY] * 2
