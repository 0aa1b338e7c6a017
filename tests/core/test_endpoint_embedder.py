"""Embeddings from an endpoint: real HTTP, masked texts, errors in words an administrator needs."""

from collections.abc import Iterator

import numpy as np
import pytest

from core.domain.text.sentences import sentence_spans
from core.errors import (
    ModelError,
    ModelRateLimited,
    ModelRefusedRequest,
    ModelRejectedKey,
    ModelUnavailable,
)
from core.guardrails.masking import mask
from core.models.endpoint_embedder import EndpointEmbedder
from tools.trial.provider import FakeProvider, Reply

TEXT = "Parents get 90 days. Ask early."


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


def embedder(provider: FakeProvider, retries: int = 0) -> EndpointEmbedder:
    return EndpointEmbedder(
        provider.base_url,
        "key",
        "small",
        mask=lambda text: mask(text).text,
        timeout_s=2,
        max_retries=retries,
    )


def test_passages_and_sentences_come_back_in_order_and_of_length_one(
    provider: FakeProvider,
) -> None:
    model = embedder(provider)
    spans = [sentence_spans(TEXT, TEXT), ()]

    found = model.embed_with_sentences([TEXT, "Invoice"], spans)

    assert found.passages.shape == (2, model.dimension)
    assert [len(one) for one in found.sentences] == [2, 0]
    np.testing.assert_allclose(np.linalg.norm(found.passages, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(found.passages[1], model.embed_query("Invoice"), atol=1e-6)
    np.testing.assert_allclose(found.sentences[0][1], model.embed_query("Ask early."), atol=1e-6)


def test_many_texts_go_in_several_requests(provider: FakeProvider) -> None:
    texts = [f"Text {number}" for number in range(300)]

    found = embedder(provider).embed_passages(texts)

    assert len(found) == 300
    assert [len(request.body["input"]) for request in provider.requests] == [128, 128, 44]
    assert {request.path for request in provider.requests} == {"/v1/embeddings"}


def test_no_personal_data_or_secret_leaves(provider: FakeProvider) -> None:
    model = embedder(provider)
    private = ("ada@example.com", "DE89370400440532013000", "sk-abcdefghijklmnopqrstuv")

    model.embed_passages([f"Write to {private[0]}, pay {private[1]}, key {private[2]}."])
    model.embed_query(f"Who is {private[0]}?")

    sent = b"".join(request.raw for request in provider.requests)
    assert not [value for value in private if value.encode() in sent]


def test_an_account_in_the_environment_is_not_told(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-1")

    embedder(provider).embed_query(TEXT)

    assert not [n for n in provider.requests[0].headers if n.startswith("openai-")]


def test_nothing_to_embed_asks_only_for_the_dimension(provider: FakeProvider) -> None:
    assert embedder(provider).embed_passages([]).shape[0] == 0
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401), ModelRejectedKey),
        (Reply(status=404), ModelRefusedRequest),
        (Reply(status=429), ModelRateLimited),
        (Reply(status=500), ModelUnavailable),
        (Reply(raw=b'{"data": []}'), ModelRefusedRequest),
        (Reply(raw=b"no json"), ModelRefusedRequest),
    ],
)
def test_errors_name_the_embedding_service(
    provider: FakeProvider, reply: Reply, error: type[ModelError]
) -> None:
    provider.script(reply)

    with pytest.raises(error, match="embedding service") as raised:
        embedder(provider).embed_passages([TEXT])

    assert "key key" not in str(raised.value)


def test_a_passing_error_is_tried_again(provider: FakeProvider) -> None:
    provider.script(Reply(status=503), Reply())

    assert len(embedder(provider, retries=1).embed_passages([TEXT])) == 1
