"""`verify` finds every difference between database, indexes and originals, and mends it."""

import os
import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from core.domain.knowledge import DocumentState
from core.domain.ports import EmbeddedPassages, Spans
from core.errors import AccessDenied, NotFound
from core.models.embedders import LoadedEmbedders
from core.storage.tables import (
    AuditEventRow,
    ChunkRow,
    DocumentRow,
    DocumentVersionRow,
    SentenceVectorsRow,
)
from ingestion.background.worker import DirectQueue
from ingestion.checking.consistency import Consistency
from ingestion.checking.findings import CollectionFindings
from ingestion.pipeline.deletion import DELETION_BEGUN
from ingestion.values import DocumentStores
from tests.ingestion.conftest import ADMIN, COLLECTION, READER, Harness

LEAVE = "Every parent gets 90 days of leave."
OLDER = 7200


@pytest.fixture
def consistency(harness: Harness) -> Consistency:
    return Consistency(
        DocumentStores(harness.database, harness.originals, harness.vectors, harness.keywords),
        embedders=LoadedEmbedders(harness.embedder, lambda _: harness.embedder),
        queue=DirectQueue(harness.pipeline.run),
    )


def found(consistency: Consistency) -> CollectionFindings:
    [one] = consistency.check(ADMIN, COLLECTION).collections
    return one


def chunk_ids(harness: Harness) -> set[int | None]:
    with harness.database.read() as session:
        return set(session.exec(select(ChunkRow.id)).all())


def test_a_house_in_order_has_nothing_wrong(harness: Harness, consistency: Consistency) -> None:
    harness.upload("a.txt", "The first words.")
    harness.upload("a.txt", LEAVE)
    harness.upload("broken.pdf", b"no pdf")

    report = consistency.check(ADMIN)

    assert report.is_ok
    assert [(c.name, c.documents, c.chunks) for c in report.collections] == [
        ("Other", 0, 0),
        ("Policies", 1, 1),
    ]


def lose_vectors(harness: Harness) -> None:
    harness.vectors.drop(COLLECTION)


def lose_keywords(harness: Harness) -> None:
    harness.keywords.drop(COLLECTION)


def orphan_entries(harness: Harness) -> None:
    harness.vectors.add(COLLECTION, [4711], harness.embedder.embed_passages(["gone"]))


def lose_sentences(harness: Harness) -> None:
    with harness.database.begin() as session:
        session.execute(delete(SentenceVectorsRow))


def lose_a_chunk(harness: Harness) -> None:
    with harness.database.begin() as session:
        session.execute(delete(ChunkRow))


def hide_a_chunk(harness: Harness) -> None:
    with harness.database.begin() as session:
        session.execute(update(ChunkRow).values(is_ready=False))


def lose_the_current_version(harness: Harness) -> None:
    with harness.database.begin() as session:
        session.execute(update(DocumentRow).values(current_version_id="nowhere"))


def miscount(harness: Harness) -> None:
    with harness.database.begin() as session:
        session.execute(update(DocumentVersionRow).values(chunk_count=7))


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (lose_vectors, "vectors_missing"),
        (lose_keywords, "keywords_missing"),
        (orphan_entries, "vectors_orphaned"),
        (lose_sentences, "sentences_missing"),
        (lose_a_chunk, "broken_versions"),
        (hide_a_chunk, "broken_versions"),
        (lose_the_current_version, "lost_documents"),
        (miscount, "broken_versions"),
    ],
)
def test_every_damage_is_found_and_mended(
    harness: Harness, consistency: Consistency, damage: Callable[[Harness], None], kind: str
) -> None:
    receipt = harness.upload("a.txt", LEAVE)
    damage(harness)
    assert kind in found(consistency).wrong

    repairs = consistency.repair(ADMIN)

    assert repairs.report.is_ok
    assert harness.state(receipt) is DocumentState.READY
    assert harness.vectors.ids(COLLECTION) == harness.keywords.ids(COLLECTION) == chunk_ids(harness)
    assert len(chunk_ids(harness)) == 1


@pytest.mark.parametrize("damage", [lose_sentences, lose_vectors])
def test_a_passage_too_short_for_sentence_vectors_is_mended_once(
    harness: Harness,
    consistency: Consistency,
    damage: Callable[[Harness], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(harness.embedder, "embed_with_sentences", without_sentences(harness))
    harness.upload("short.txt", "Yes.")
    assert found(consistency).is_ok
    damage(harness)
    assert found(consistency).wrong

    first = consistency.repair(ADMIN)
    embedded = harness.embedder.embedded
    second = consistency.repair(ADMIN)

    assert (first.report.is_ok, first.chunks_indexed) == (True, 1)
    assert (second.report.is_ok, second.chunks_indexed) == (True, 0)
    assert harness.embedder.embedded == embedded
    with harness.database.read() as session:
        assert [r.vectors for r in session.exec(select(SentenceVectorsRow)).all()] == [b""]


def without_sentences(
    harness: Harness,
) -> Callable[[Sequence[str], Sequence[Spans]], EmbeddedPassages]:
    """An embedding of passages that are too short to have sentences of their own."""

    def embed(texts: Sequence[str], _spans: Sequence[Spans]) -> EmbeddedPassages:
        none = np.empty((0, harness.embedder.dimension), dtype=np.float32)
        return EmbeddedPassages(harness.embedder.embed_passages(texts), tuple(none for _ in texts))

    return embed


def test_passages_of_an_older_version_that_still_answer_are_silenced(
    harness: Harness, consistency: Consistency
) -> None:
    old = harness.upload("a.txt", "The first words.")
    new = harness.upload("a.txt", LEAVE)
    with harness.database.begin() as session:
        session.execute(update(ChunkRow).values(is_ready=True))
        ids = session.exec(select(ChunkRow.id).where(ChunkRow.version_id == old.version_id)).all()
    stale = [i for i in ids if i is not None]
    harness.vectors.add(COLLECTION, stale, harness.embedder.embed_passages(["first"]))
    assert found(consistency).wrong == {"stale_chunks": 1, "vectors_orphaned": 1}

    repairs = consistency.repair(ADMIN)

    assert repairs.report.is_ok
    with harness.database.read() as session:
        ready = session.exec(select(ChunkRow.version_id).where(col(ChunkRow.is_ready))).all()
    assert ready == [new.version_id]
    assert not harness.vectors.ids(COLLECTION) & set(stale)


def test_what_stayed_of_a_failed_version_is_removed(
    harness: Harness, consistency: Consistency
) -> None:
    harness.upload("a.txt", LEAVE)
    with harness.database.begin() as session:
        session.execute(update(DocumentVersionRow).values(state="failed"))
        session.execute(update(DocumentRow).values(current_version_id=None))
        session.execute(update(ChunkRow).values(is_ready=False))
    assert set(found(consistency).wrong) == {
        "leftover_versions",
        "vectors_orphaned",
        "keywords_orphaned",
    }

    repairs = consistency.repair(ADMIN)

    assert repairs.report.is_ok
    assert chunk_ids(harness) == harness.vectors.ids(COLLECTION) == set()


def test_a_deletion_that_broke_off_is_finished(harness: Harness, consistency: Consistency) -> None:
    receipt = harness.upload("a.txt", LEAVE)
    hide_a_chunk(harness)
    with harness.database.begin() as session:
        session.execute(update(DocumentRow).values(current_version_id=None))
        event = AuditEventRow(action=DELETION_BEGUN, object_id=receipt.document_id or "")
        session.add(event)

    repairs = consistency.repair(ADMIN)

    assert (repairs.deletions_finished, repairs.report.is_ok) == (1, True)
    assert harness.documents.count(ADMIN) == 0
    assert harness.stored_files() == 0


def test_a_hidden_document_whose_deletion_nobody_asked_for_answers_again(
    harness: Harness, consistency: Consistency
) -> None:
    receipt = harness.upload("a.txt", LEAVE)
    with harness.database.begin() as session:
        session.execute(update(DocumentRow).values(current_version_id=None))

    repairs = consistency.repair(ADMIN)

    assert (repairs.versions_read_again, repairs.report.is_ok) == (1, True)
    with harness.database.read() as session:
        assert session.exec(select(DocumentRow.current_version_id)).one() == receipt.version_id


def test_originals_that_are_gone_or_changed_are_named_and_stay_wrong(
    harness: Harness, consistency: Consistency
) -> None:
    gone, changed = harness.upload("a.txt", LEAVE), harness.upload("b.txt", "Other words.")
    harness.originals.remove(harness.version(gone).sha256)
    path = next(harness.folder.rglob(harness.version(changed).sha256))
    path.write_bytes(b"Something else.")

    [one] = consistency.repair(ADMIN, COLLECTION).report.collections

    assert one.originals_missing == (harness.version(gone).sha256,)
    assert one.originals_damaged == (harness.version(changed).sha256,)
    assert one.chunks == one.vectors == 2


def test_an_original_that_nothing_uses_is_removed_once_it_is_old(
    harness: Harness, consistency: Consistency
) -> None:
    young, old = harness.originals.put(b"being uploaded"), harness.originals.put(b"forgotten")
    path = next(harness.folder.rglob(old))
    part = path.with_name("0123.part")
    part.write_bytes(b"half")
    for one in (path, part):
        os.utime(one, (time.time() - OLDER, time.time() - OLDER))
    assert consistency.check(ADMIN).originals_orphaned == (old,)

    repairs = consistency.repair(ADMIN)

    assert (repairs.originals_removed, repairs.report.is_ok) == (2, True)
    assert list(harness.originals.stored()) == [young]


def test_a_version_that_cannot_be_read_again_is_left_as_it_is(
    harness: Harness, consistency: Consistency
) -> None:
    receipt = harness.upload("a.txt", LEAVE)
    harness.originals.remove(harness.version(receipt).sha256)
    miscount(harness)

    repairs = consistency.repair(ADMIN)

    assert repairs.versions_read_again == 0
    assert harness.state(receipt) is DocumentState.READY


def test_work_in_progress_is_no_flaw(harness: Harness, consistency: Consistency) -> None:
    receipt = harness.upload("a.txt", LEAVE)
    hide_a_chunk(harness)
    with harness.database.begin() as session:
        session.execute(update(DocumentVersionRow).values(state="indexing"))
        session.execute(update(DocumentRow).values(current_version_id=None))

    one = found(consistency)

    assert (one.is_ok, one.unfinished) == (True, 1), receipt


def test_only_administrators_verify_and_only_collections_that_exist(
    consistency: Consistency,
) -> None:
    with pytest.raises(AccessDenied):
        consistency.check(READER)
    with pytest.raises(AccessDenied):
        consistency.repair(READER)
    with pytest.raises(NotFound):
        consistency.check(ADMIN, "nowhere")
