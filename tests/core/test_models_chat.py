"""The chat adapter against a real HTTP server: every failure of a provider, retries, closing."""

import logging
import socket
from collections.abc import Iterator

import pytest

from core.domain.ports import ChatMessage, ChatModel, ModelDelta, ModelUsage
from core.errors import (
    ModelError,
    ModelQuotaUsedUp,
    ModelRateLimited,
    ModelRefusedRequest,
    ModelRejectedKey,
    ModelStreamBroken,
    ModelTimeout,
    ModelUnavailable,
)
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from tools.trial.provider import FakeProvider, Reply, grounded_echo

KEY = "sk-canary-0123456789"
MESSAGES = [
    ChatMessage(
        "system", "Answer.\n[1] Handbook, page 3\n## Leave\nAnnual leave is 30 days. More follows."
    ),
    ChatMessage("user", "How much leave do I have?"),
]


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


class Sleeper:
    """Remembers how long somebody wanted to sleep."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


def chat(
    provider: FakeProvider, sleep: Sleeper | None = None, *, model: str = "fake-1", retries: int = 2
) -> OpenAICompatibleChat:
    limits = ChatLimits(timeout_s=0.4, max_retries=retries, max_output_tokens=100)
    return OpenAICompatibleChat(
        ChatEndpoint(provider.base_url, model, KEY), limits, sleep or Sleeper()
    )


def ask(model: OpenAICompatibleChat) -> list[ModelDelta]:
    return list(model.stream(MESSAGES))


def text_of(deltas: list[ModelDelta]) -> str:
    return "".join(delta.text for delta in deltas)


def test_an_answer_arrives_in_pieces_with_usage_finish_reason_and_model(
    provider: FakeProvider,
) -> None:
    provider.script(Reply("Thirty days of leave.", cached_tokens=5))

    deltas = ask(chat(provider))

    words = [delta.text for delta in deltas if delta.text]
    assert words == ["Thirty", " days", " of", " leave."]
    assert [d.usage for d in deltas if d.usage] == [ModelUsage(20, 4, 5)]
    assert [d.finish_reason for d in deltas if d.finish_reason] == ["stop"]
    assert [d.model for d in deltas if d.model] == ["fake-1"]


def test_the_default_fake_answers_with_a_cited_sentence(provider: FakeProvider) -> None:
    provider.script(Reply(grounded_echo()))

    assert text_of(ask(chat(provider))) == "Annual leave is 30 days [1]."


def test_the_request_is_one_that_every_compatible_server_understands(
    provider: FakeProvider,
) -> None:
    ask(chat(provider))

    body = provider.requests[0].body
    assert body["max_tokens"] == 100
    assert body["temperature"] == 0.0
    assert body["stream_options"] == {"include_usage": True}
    assert set(body) == {
        "model",
        "messages",
        "stream",
        "stream_options",
        "temperature",
        "max_tokens",
    }
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_reasoning_models_get_the_spelling_only_they_know(provider: FakeProvider) -> None:
    ask(chat(provider, model="gpt-5-mini"))

    body = provider.requests[0].body
    assert body["max_completion_tokens"] == 100
    assert "max_tokens" not in body
    assert "temperature" not in body


@pytest.mark.parametrize("model", ["gpt-5-pro", "my-codex-model"])
def test_the_name_of_a_model_never_changes_the_protocol(provider: FakeProvider, model: str) -> None:
    ask(chat(provider, model=model))

    assert provider.requests[0].path == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(status=401), ModelRejectedKey),
        (Reply(status=402), ModelQuotaUsedUp),
        (Reply(status=403), ModelRejectedKey),
        (Reply(status=400), ModelRefusedRequest),
        (Reply(status=404), ModelRefusedRequest),
        (Reply(status=422), ModelRefusedRequest),
        (Reply(status=400, error_code="content_filter"), ModelRefusedRequest),
        (Reply("", finish_reason="content_filter"), ModelRefusedRequest),
        (Reply(status=429), ModelRateLimited),
        (Reply(status=500), ModelUnavailable),
        (Reply(status=503), ModelUnavailable),
        (Reply(status=504), ModelTimeout),
        (Reply(delay_s=2), ModelTimeout),
        (Reply(cut_after=0), ModelUnavailable),
        (Reply(cut_after=2), ModelStreamBroken),
        (Reply(stall_after=1), ModelTimeout),
        (Reply(ends_silently=True), ModelStreamBroken),
        (Reply(endless=True), ModelStreamBroken),
        (Reply(raw=b"<html>Please sign in to the proxy.</html>"), ModelStreamBroken),
        (Reply(raw=b"data: {nonsense\n\n"), ModelStreamBroken),
        (Reply(raw=b"data: [1, 2]\n\n"), ModelStreamBroken),
        (Reply(raw=b'data: {"choices": [{"index": 0}]}\n\n'), ModelStreamBroken),
        (Reply(raw=b'data: {"error": {"message": "boom"}}\n\n'), ModelUnavailable),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_failure_of_a_provider_ends_in_its_error(
    provider: FakeProvider, reply: Reply, expected: type[ModelError]
) -> None:
    provider.script(reply)

    with pytest.raises(ModelError) as caught:
        ask(chat(provider, retries=0))

    assert type(caught.value) is expected
    assert "kept" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_silence_in_the_middle_of_an_answer_is_a_timeout(provider: FakeProvider) -> None:
    provider.script(Reply("One two three.", stall_after=3))
    stream = chat(provider).stream(MESSAGES)

    assert next(stream).text == "One"
    with pytest.raises(ModelTimeout):
        list(stream)
    assert len(provider.requests) == 1


def test_a_server_that_nobody_started_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = ChatEndpoint(f"http://127.0.0.1:{port}/v1", "fake-1")
    sleep = Sleeper()

    with pytest.raises(ModelUnavailable):
        ask(OpenAICompatibleChat(endpoint, ChatLimits(timeout_s=0.4), sleep))

    assert len(sleep.waits) == 2


def test_strange_lines_between_the_events_are_skipped(provider: FakeProvider) -> None:
    chunk = b'data: {"choices": [{"index": 0, "delta": {"content": "Yes."}, "finish_reason": '
    raw = b": keep-alive\n\nnonsense\n\n" + chunk + b"null}]}\n\n" + chunk.replace(b"Yes.", b"")
    provider.script(Reply(raw=raw + b'"stop"}]}\n\ndata: {"choices": []}\n\ndata: [DONE]\n\n'))

    assert text_of(ask(chat(provider))) == "Yes."


def test_missing_usage_is_tolerated(provider: FakeProvider) -> None:
    provider.script(Reply("Yes.", has_usage=False))

    deltas = ask(chat(provider))

    assert text_of(deltas) == "Yes."
    assert all(delta.usage is None for delta in deltas)


def test_a_busy_provider_is_asked_again_when_it_says(provider: FakeProvider) -> None:
    provider.script(Reply(status=429, headers={"Retry-After": "3"}), Reply("Yes."))
    sleep = Sleeper()

    deltas = ask(chat(provider, sleep))

    assert text_of(deltas) == "Yes."
    assert sleep.waits == [3.0]


def test_a_provider_that_wants_minutes_is_not_waited_for(provider: FakeProvider) -> None:
    provider.script(Reply(status=429, headers={"Retry-After": "300"}))
    sleep = Sleeper()

    with pytest.raises(ModelRateLimited, match="in 300 seconds") as caught:
        ask(chat(provider, sleep))

    assert caught.value.retry_after_s == 300
    assert sleep.waits == []


@pytest.mark.parametrize("first", [Reply(status=500), Reply(cut_after=0), Reply(cut_after=1)])
def test_trouble_before_the_first_word_is_tried_again(provider: FakeProvider, first: Reply) -> None:
    provider.script(first, first, Reply("Yes."))
    sleep = Sleeper()

    deltas = ask(chat(provider, sleep))

    assert text_of(deltas) == "Yes."
    assert len(provider.requests) == 3
    assert 0.25 <= sleep.waits[0] <= 0.5 <= sleep.waits[1] <= 1.0


def test_trouble_after_the_first_word_is_never_tried_again(provider: FakeProvider) -> None:
    provider.script(Reply("One two three.", cut_after=3), Reply("Never asked for."))
    stream = chat(provider).stream(MESSAGES)

    heard = [next(stream).text, next(stream).text]
    with pytest.raises(ModelStreamBroken):
        list(stream)

    assert heard == ["One", " two"]
    assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_will_not_get_better_is_not_tried_again(provider: FakeProvider, status: int) -> None:
    provider.script(Reply(status=status))

    with pytest.raises(ModelError):
        ask(chat(provider))

    assert len(provider.requests) == 1


def test_closing_the_stream_stops_the_server(provider: FakeProvider) -> None:
    provider.script(Reply("On and on ", endless=True, pause_s=0.005))
    stream = chat(provider).stream(MESSAGES)
    next(stream)

    stream.close()

    assert provider.disconnected.wait(30)


def test_a_chat_fits_the_port() -> None:
    model: ChatModel = OpenAICompatibleChat(ChatEndpoint("http://127.0.0.1:9/v1", "m", "", "acme"))

    assert (model.name, model.provider) == ("m", "acme")


def test_nothing_from_the_environment_reaches_the_provider(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-from-environment")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-from-environment")
    monkeypatch.setenv("OPENAI_PROXY", "http://127.0.0.1:9")

    ask(OpenAICompatibleChat(ChatEndpoint(provider.base_url, "fake-1")))

    headers = provider.requests[0].headers
    assert headers["authorization"] == "Bearer none"
    assert "environment" not in str(headers)


def test_nothing_is_traced_even_if_the_environment_asks_for_it(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith.utils import get_env_var

    with FakeProvider() as tracer:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.base_url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_fake")
        clear_cache = get_env_var.cache_clear  # type: ignore[attr-defined]  # an lru_cache
        clear_cache()
        try:
            ask(chat(provider))
            wait_for_all_tracers()
        finally:
            clear_cache()

    assert tracer.requests == []


def test_neither_key_nor_question_is_logged(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    provider.script(Reply(status=500), Reply("Yes."))

    ask(chat(provider))

    assert KEY not in caplog.text
    assert "How much leave" not in caplog.text
    assert KEY not in repr(ChatEndpoint(provider.base_url, "fake-1", KEY))
