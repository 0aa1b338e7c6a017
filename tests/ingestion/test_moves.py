"""Work on a document can be paused, resumed, cancelled and tried again, at any moment of it."""

from collections.abc import Callable, Sequence

import pytest
from sqlmodel import select

from core.domain.knowledge import DocumentState, Upload
from core.domain.ports import EmbeddedPassages, Spans
from core.storage.tables import ChunkRow, DocumentVersionRow
from ingestion.values import Receipt
from tests.ingestion.conftest import ADMIN, COLLECTION, Harness

Stop = Callable[[Harness, str], int]


def pause(harness: Harness, version_id: str) -> int:
    return harness.documents.pause(ADMIN, [version_id])


def cancel(harness: Harness, version_id: str) -> int:
    return harness.documents.cancel(ADMIN, [version_id])


def while_embedding(harness: Harness, do: Callable[[], object]) -> None:
    """Has something happen between the reading of a document and its passages being stored."""
    embed = harness.embedder.embed_with_sentences

    def embed_and_do(texts: Sequence[str], spans: Sequence[Spans]) -> EmbeddedPassages:
        harness.embedder.embed_with_sentences = embed  # type: ignore[method-assign]  # once only
        do()
        return embed(texts, spans)

    harness.embedder.embed_with_sentences = embed_and_do  # type: ignore[method-assign]  # see above


def queued(harness: Harness, *names: str) -> list[Receipt]:
    """Uploads that nothing has worked on yet."""
    harness.queue.is_held = True
    uploads = [Upload(name, f"Words of {name}.".encode()) for name in names]
    receipts = harness.documents.upload(ADMIN, COLLECTION, uploads)
    harness.queue.is_held = False
    return receipts


def run(harness: Harness, receipts: Sequence[Receipt]) -> None:
    harness.pipeline.run([receipt.version_id or "" for receipt in receipts])


def chunk_count(harness: Harness) -> int:
    with harness.database.read() as session:
        return len(session.exec(select(ChunkRow.id)).all())


@pytest.mark.parametrize(
    ("stop", "state"), [(pause, DocumentState.PAUSED), (cancel, DocumentState.CANCELLED)]
)
def test_a_waiting_document_that_is_stopped_is_left_alone(
    harness: Harness, stop: Stop, state: DocumentState
) -> None:
    stopped, other = queued(harness, "a.txt", "b.txt")

    assert stop(harness, stopped.version_id or "") == 1
    run(harness, [stopped, other])

    assert harness.state(stopped) is state
    assert harness.state(other) is DocumentState.READY


@pytest.mark.parametrize(
    ("stop", "state"), [(pause, DocumentState.PAUSED), (cancel, DocumentState.CANCELLED)]
)
def test_a_document_stopped_while_it_is_embedded_leaves_nothing_behind(
    harness: Harness, stop: Stop, state: DocumentState
) -> None:
    stopped, other = queued(harness, "a.txt", "b.txt")
    while_embedding(harness, lambda: stop(harness, stopped.version_id or ""))

    run(harness, [stopped, other])

    assert harness.state(stopped) is state
    assert harness.state(other) is DocumentState.READY
    assert chunk_count(harness) == len(harness.vectors.ids(COLLECTION)) == 1
    assert harness.vectors.ids(COLLECTION) == harness.keywords.ids(COLLECTION)


def test_a_paused_document_goes_on_when_it_is_resumed(harness: Harness) -> None:
    [receipt] = queued(harness, "a.txt")
    pause(harness, receipt.version_id or "")

    assert harness.documents.resume_unfinished() == 0
    assert harness.state(receipt) is DocumentState.PAUSED
    assert harness.documents.resume(ADMIN, [receipt.version_id or ""]) == 1

    assert harness.state(receipt) is DocumentState.READY


def test_a_cancelled_document_can_be_tried_again_or_uploaded_again(harness: Harness) -> None:
    first, second = queued(harness, "a.txt", "b.txt")
    for receipt in (first, second):
        cancel(harness, receipt.version_id or "")

    assert harness.documents.retry(ADMIN, [first.version_id or ""]) == 1
    again = harness.upload("b.txt", "Words of b.txt.")

    assert again.version_id == second.version_id
    assert harness.state(first) is harness.state(second) is DocumentState.READY


def test_a_finished_document_can_neither_be_paused_nor_cancelled(harness: Harness) -> None:
    receipt = harness.upload("a.txt", "Words.")

    assert pause(harness, receipt.version_id or "") == 0
    assert cancel(harness, receipt.version_id or "") == 0
    assert harness.state(receipt) is DocumentState.READY


def test_a_cancelled_new_version_leaves_the_older_one_answering(harness: Harness) -> None:
    old = harness.upload("a.txt", "Old words.")
    [new] = queued(harness, "a.txt")

    cancel(harness, new.version_id or "")
    run(harness, [new])

    [overview] = harness.documents.list(ADMIN)
    assert (overview.version, overview.state) == (2, DocumentState.CANCELLED)
    assert harness.state(old) is DocumentState.READY
    assert chunk_count(harness) == len(harness.vectors.ids(COLLECTION)) == 1


def test_an_interrupted_run_fails_nothing_and_is_resumed(harness: Harness) -> None:
    receipts = queued(harness, "a.txt", "b.txt")
    while_embedding(harness, harness.pipeline.interrupt)
    harness.embedder.forbidden_word = "Words of"  # neither can be embedded, whatever comes first

    run(harness, receipts)

    with harness.database.read() as session:
        states = set(session.exec(select(DocumentVersionRow.state)).all())
    assert states <= {"queued", "parsing", "indexing"}
    harness.embedder.forbidden_word = ""
    harness.pipeline.reopen()
    assert harness.documents.resume_unfinished() == 2
    assert [harness.state(receipt) for receipt in receipts] == [DocumentState.READY] * 2
