"""Requests to a provider: one address, no redirect, no proxy that reads along, an end in time."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.domain.ports import ChatMessage
from core.errors import (
    ConfigurationError,
    ModelError,
    ModelRedirected,
    ModelStreamBroken,
    ModelTimeout,
)
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.models.endpoint_embedder import EndpointEmbedder
from core.models.provider.address import require_safe_address
from tools.trial.provider import FakeProvider, Reply

CANARY = "The gate code of depot Lindau is 4711."
SETTING = "SANDBOX_LLM__BASE_URL"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def elsewhere() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


def ask(base_url: str, limits: ChatLimits | None = None) -> str:
    limits = limits or ChatLimits(timeout_s=1, max_retries=2, total_s=20)
    model = OpenAICompatibleChat(ChatEndpoint(base_url, "m", "sk-1"), limits, lambda _: None)
    return "".join(delta.text for delta in model.stream([ChatMessage("user", CANARY)]))


def embed(base_url: str) -> object:
    model = EndpointEmbedder(base_url, "sk-1", "small", mask=str, timeout_s=1, max_retries=1)
    return model.embed_passages([CANARY])


@pytest.mark.parametrize("request_to", [ask, embed])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_nothing_reaches_the_other_address(
    provider: FakeProvider,
    elsewhere: FakeProvider,
    request_to: Callable[[str], object],
    status: int,
) -> None:
    target = f"{elsewhere.base_url}/chat/completions?token=secret"
    provider.script(Reply(status=status, headers={"Location": target}))

    with pytest.raises(ModelRedirected) as caught:
        request_to(provider.base_url)

    assert elsewhere.requests == []
    assert len(provider.requests) == 1
    assert "not followed" in str(caught.value)
    assert "secret" not in str(caught.value) + caught.value.advice


def test_the_administrator_is_told_where_a_redirect_leads(
    provider: FakeProvider, elsewhere: FakeProvider
) -> None:
    provider.script(Reply(status=307, headers={"Location": "//user:pw@llm.example/v2/chat?a=b"}))

    with pytest.raises(ModelRedirected) as caught:
        ask(provider.base_url)

    assert f"{SETTING} redirects to http://llm.example/v2/chat." in caught.value.advice
    assert "llm.example" not in str(caught.value)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("request_to", [ask, embed])
def test_no_proxy_of_the_environment_reads_a_request_without_encryption(
    provider: FakeProvider,
    elsewhere: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
    request_to: Callable[[str], object],
    name: str,
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(name, elsewhere.base_url.removesuffix("/v1"))

    request_to(provider.base_url)

    assert elsewhere.requests == []
    assert len(provider.requests) == 1


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:70")

    with pytest.raises(ConfigurationError, match="proxy in the environment"):
        ask("https://llm.example/v1")


def test_nothing_of_the_environment_or_the_machine_is_in_the_headers(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: red\nAuthorization: Bearer sk-other")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("LANGSMITH_GATEWAY", "http://127.0.0.1:9")

    ask(provider.base_url)

    headers = provider.requests[0].headers
    assert headers["authorization"] == "Bearer sk-1"
    assert not [name for name in headers if name.startswith("x-")]


def test_a_password_file_of_the_machine_is_not_used(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login anna password canary\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))

    ask(provider.base_url)

    assert provider.requests[0].headers["authorization"] == "Bearer sk-1"


def test_a_debugging_variable_does_not_print_the_prompt(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("openai").setLevel(logging.DEBUG)  # what OPENAI_LOG=debug does

    ask(provider.base_url)

    assert "4711" not in caplog.text


@pytest.mark.parametrize("piece", [b": keep-alive\n\n", b"x"])
def test_bytes_that_trickle_without_a_word_end_at_the_deadline(
    provider: FakeProvider, piece: bytes
) -> None:
    provider.script(Reply(raw=piece, repeats_raw=True, pause_s=0.02))
    began = time.monotonic()

    with pytest.raises(ModelTimeout) as caught:
        ask(provider.base_url, ChatLimits(timeout_s=5, max_retries=2, total_s=0.3))

    assert caught.value.may_be_charged
    assert provider.disconnected.wait(30)
    assert len(provider.requests) == 1
    assert time.monotonic() - began < 5


def test_a_silence_lasts_no_longer_than_the_whole_answer_may(provider: FakeProvider) -> None:
    provider.script(Reply(delay_s=20))
    began = time.monotonic()

    with pytest.raises(ModelTimeout):
        ask(provider.base_url, ChatLimits(timeout_s=20, max_retries=2, total_s=0.4))

    assert time.monotonic() - began < 10
    assert len(provider.requests) == 1


def test_an_answer_that_trickles_is_cut_off_at_the_deadline_with_the_text_so_far(
    provider: FakeProvider,
) -> None:
    provider.script(Reply("On and on ", endless=True, pause_s=0.02))
    limits = ChatLimits(timeout_s=30, max_output_tokens=4000, total_s=3)
    model = OpenAICompatibleChat(ChatEndpoint(provider.base_url, "m"), limits)
    heard: list[str] = []

    with pytest.raises(ModelTimeout, match="text so far") as caught:  # noqa: PT012  it is the reading that takes long
        for delta in model.stream([ChatMessage("user", "?")]):
            heard.append(delta.text)

    assert "SANDBOX_LLM__ANSWER_SECONDS" in caught.value.advice
    assert heard
    assert provider.disconnected.wait(30)


def test_a_web_page_is_named_for_what_it_is(provider: FakeProvider) -> None:
    provider.script(Reply(raw=b"<!doctype html><p>Sign in</p>", content_type="text/html"))

    with pytest.raises(ModelStreamBroken) as caught:
        ask(provider.base_url)

    assert "leads to a web page" in caught.value.advice


@pytest.mark.parametrize(
    "url",
    [
        "https://llm.example/v1",
        "HTTPS://llm.example/v1",
        "http://127.0.0.1:8000/v1",
        "http://127.8.9.1/v1",
        "http://localhost:11434/v1",
        "http://LOCALHOST./v1",
        "http://[::1]:8000/v1",
    ],
)
def test_encrypted_addresses_and_this_machine_are_always_allowed(url: str) -> None:
    require_safe_address(url, setting=SETTING, allows_plain_http=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://llm.example/v1",
        "http://10.0.0.5:8000/v1",
        "http://192.168.1.2:11434/v1",
        "http://ollama:11434/v1",
        "http://localhost.evil.example/v1",
        "http://127.0.0.1.nip.example/v1",
        "http://2130706433/v1",
        "http://[::ffff:10.0.0.5]/v1",
        "http://0.0.0.0:8000/v1",
    ],
)
def test_plain_http_to_another_machine_needs_the_setting_and_the_sentence_names_it(
    url: str,
) -> None:
    with pytest.raises(ConfigurationError, match="SANDBOX_LLM__ALLOW_PLAIN_HTTP=true") as caught:
        require_safe_address(url, setting=SETTING, allows_plain_http=False)

    assert "vLLM, Ollama" in str(caught.value)
    require_safe_address(url, setting=SETTING, allows_plain_http=True)


@pytest.mark.parametrize("is_allowed", [True, False])
@pytest.mark.parametrize(
    "url",
    ["", "llm.example/v1", "ftp://llm.example", "http:///v1", "file:///etc", "http://[::1/v1"],
)
def test_what_is_no_address_is_refused(url: str, is_allowed: bool) -> None:
    with pytest.raises(ConfigurationError, match="is not an address"):
        require_safe_address(url, setting=SETTING, allows_plain_http=is_allowed)


def test_a_password_in_an_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(ConfigurationError, match="SANDBOX_EMBEDDINGS__API_KEY") as caught:
        require_safe_address(
            "https://anna:canary@llm.example/v1",
            setting="SANDBOX_EMBEDDINGS__BASE_URL",
            allows_plain_http=True,
        )

    assert "canary" not in str(caught.value)


def test_every_error_of_the_connection_is_one_of_ours(provider: FakeProvider) -> None:
    provider.script(Reply(status=307))  # a redirect to nowhere

    with pytest.raises(ModelError):
        ask(provider.base_url)
