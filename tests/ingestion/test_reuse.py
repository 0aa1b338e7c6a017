"""Only passages that changed are embedded again."""

from sqlmodel import col, select

from core.storage.tables import ChunkRow, SentenceVectorsRow
from tests.ingestion.conftest import COLLECTION, Harness

PARTS = [f"# Part {n}\n\n" + f"Rule {n} of the handbook says so. " * 40 for n in range(6)]


def text(*parts: str) -> str:
    return "\n\n".join(["# Handbook", *parts])


def test_a_new_version_embeds_only_what_is_new(harness: Harness) -> None:
    harness.upload("handbook.md", text(*PARTS))
    first = harness.embedder.embedded
    before = dict(harness.vectors.stored[COLLECTION])

    harness.upload("handbook.md", text(*PARTS[:5], PARTS[5].replace("Rule", "Law")))

    assert first > 5
    assert 0 < harness.embedder.embedded - first <= first / 4
    after = harness.vectors.stored[COLLECTION]
    assert len(after) == len(before)
    assert not before.keys() & after.keys()


def test_reused_passages_are_found_like_embedded_ones(harness: Harness) -> None:
    harness.upload("handbook.md", text(*PARTS))
    harness.upload("handbook.md", text(*PARTS, "# More\n\nNew words."))

    with harness.database.read() as session:
        ready = session.exec(select(ChunkRow).where(col(ChunkRow.is_ready))).all()
        with_sentences = set(session.exec(select(SentenceVectorsRow.chunk_id)).all())
    for chunk in ready:
        headings = "\n".join(("Handbook", *chunk.headings))
        vector = harness.embedder.embed_query(f"{headings}\n{chunk.text}")
        assert abs(float(harness.vectors.stored[COLLECTION][chunk.id or 0] @ vector) - 1) < 1e-5
        assert chunk.id in with_sentences


def test_another_document_with_the_same_words_is_embedded_for_itself(harness: Harness) -> None:
    harness.upload("a.md", text(*PARTS))
    first = harness.embedder.embedded

    harness.upload("b.md", text(*PARTS, "More."))

    assert harness.embedder.embedded >= 2 * first
