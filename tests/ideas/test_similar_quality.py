"""Paraphrases with hardly a word in common are found, with the model that comes along."""

import os
from pathlib import Path

from benchmarks.ideas.pairs import paired_ideas, recombined, store
from core.domain.identity import SYSTEM
from core.models.embeddings import OnnxEmbedder
from core.models.onnx_model import ensure_onnx_model
from core.storage.database import Database
from ideas.similar.service import SimilarIdeas
from ideas.similar.wording import compared_words

ROOT = Path(__file__).parents[2]
MODELS = Path(os.environ.get("SANDBOX_MODELS_DIR", ROOT / "data" / "local" / "models"))
PAIRS = paired_ideas()


def test_the_pairs_have_little_in_common_and_many_others_beside_them() -> None:
    asked = [pair for pair in PAIRS if pair.paraphrase]
    shared = [
        len(said & meant) / len(said | meant)
        for pair in asked
        if pair.paraphrase
        for said, meant in [
            (set(compared_words(pair.paraphrase.full)), set(compared_words(pair.text.full)))
        ]
    ]

    assert len(asked) == 100
    assert len(PAIRS) >= 300
    assert max(shared) < 0.2
    assert len({pair.text.title for pair in PAIRS}) == len(PAIRS)


def test_the_idea_that_is_repeated_is_among_the_first_three(sqlite_database: Database) -> None:
    ids = store(sqlite_database, [pair.text for pair in PAIRS])
    similar = SimilarIdeas(sqlite_database, OnnxEmbedder(ensure_onnx_model(MODELS)))
    similar.prepare()

    found = [
        id_ in [idea.id for idea in similar.hints(SYSTEM, said.title, said.problem)[:3]]
        for pair, id_ in zip(PAIRS, ids, strict=True)
        if (said := pair.paraphrase)
    ]

    assert sum(found) / len(found) >= 0.9


def test_recombined_ideas_are_all_different() -> None:
    texts = list(recombined(PAIRS, 5_000))

    assert len({text.full for text in texts}) == 5_000
