"""Sentences of the Documents page."""

import pytest

from ingestion.library.fitness import Concern, Fitness
from ingestion.library.reviews import ReviewState
from ui.documents import words as document_words

FITNESS = Fitness(
    pages=3,
    readable_pages=1,
    quality=0.4,
    ocr_pages=1,
    ocr_confidence=0.6,
    age_days=800,
    review=ReviewState.NONE,
    times_cited=1,
    thumbs_down=1,
    open_findings=1,
)


@pytest.mark.parametrize(
    ("concern", "sentence"),
    [
        (Concern.UNREADABLE_PAGES, "2 of 3 pages cannot be read."),
        (Concern.LOW_QUALITY, "The text is hard to read (quality 40%)."),
        (
            Concern.UNCERTAIN_RECOGNITION,
            "Words recognised in images are uncertain (60% confidence).",
        ),
        (Concern.LONG_UNREVIEWED, "Not reviewed for 2 years."),
        (Concern.RATED_NOT_HELPFUL, "1 of 1 answer citing it rated not helpful."),
        (Concern.OPEN_FINDINGS, "1 finding from the upload checks."),
    ],
)
def test_a_concern_is_a_sentence_with_its_figures(concern: Concern, sentence: str) -> None:
    assert document_words.concern(concern, FITNESS) == sentence


def test_every_concern_has_a_sentence() -> None:
    sentences = {document_words.concern(concern, FITNESS) for concern in Concern}

    assert len(sentences) == len(Concern)
    assert all(sentence.endswith(".") for sentence in sentences)
