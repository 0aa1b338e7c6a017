"""Bulk embedding in a child gives what this process would, and outlives the loss of the child."""

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from core.domain.text.sentences import sentence_spans
from core.errors import ModelUnavailable
from core.models.embedding_process import EmbeddingProcess
from core.models.embeddings import OnnxEmbedder

TEXTS = ["Parents get 90 days of leave. Ask early.", "Invoice", "Forklifts are inspected. " * 30]
SPANS = [sentence_spans(text, text) for text in TEXTS]


@pytest.fixture
def process(embedder: OnnxEmbedder) -> Iterator[EmbeddingProcess]:
    process = EmbeddingProcess(embedder, niceness=10)
    yield process
    process.close()


def test_the_child_embeds_as_this_process_does(
    process: EmbeddingProcess,
    embedder: OnnxEmbedder,
) -> None:
    here, there = (one.embed_with_sentences(TEXTS, SPANS) for one in (embedder, process))

    assert (process.name, process.dimension) == (embedder.name, embedder.dimension)
    np.testing.assert_allclose(there.passages, here.passages, atol=1e-6)
    assert [len(one) for one in there.sentences] == [len(one) for one in here.sentences]
    for found, expected in zip(there.sentences, here.sentences, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_nothing_and_passages_without_sentences_are_fine(process: EmbeddingProcess) -> None:
    assert process.embed_passages([]).shape == (0, process.dimension)
    assert process.embed_passages(["Invoice"]).shape == (1, process.dimension)


def test_the_child_gives_way_and_carries_no_secrets(
    process: EmbeddingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_LLM__API_KEY", "secret")
    process.embed_passages(["Invoice"])

    child = process.child_pid
    assert child is not None
    assert os.getpriority(os.PRIO_PROCESS, child) >= 10
    with open(f"/proc/{child}/environ", "rb") as environment:  # noqa: PTH123  not a real file
        assert b"secret" not in environment.read()


def test_a_lost_child_is_replaced(process: EmbeddingProcess) -> None:
    process.embed_passages(["Invoice"])
    child = process.child_pid
    assert child is not None
    os.kill(child, signal.SIGKILL)

    assert process.embed_passages(TEXTS).shape == (3, process.dimension)
    assert process.child_pid not in (child, None)


def test_a_child_that_cannot_live_is_reported(
    process: EmbeddingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.embedding_process.start_child", _start_nothing)

    with pytest.raises(ModelUnavailable, match="ended unexpectedly"):
        process.embed_passages(["Invoice"])


def _start_nothing(*_: object) -> object:
    from core.child_process import start_child

    return start_child("core.models.no_such_module", ())
