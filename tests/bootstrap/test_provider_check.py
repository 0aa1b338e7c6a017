"""What the doctor says of providers that answer in every wrong way."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from bootstrap.provider_check import ProviderFinding, ask_provider
from core.settings import ModelSettings

Answer = Callable[[dict[str, Any]], tuple[int, str, object]]
COMPLETION = {"choices": [{"message": {"role": "assistant", "content": "Hi"}}]}
KEY = "sk-canary-4711"


def error(message: str, code: str = "") -> dict[str, object]:
    return {"error": {"message": message, "code": code, "key": KEY}}


@contextmanager
def provider(answer: Answer, models: tuple[str, ...] = ("fake-1",)) -> Iterator[str]:
    """A server whose chat completions are `answer`ed, and the addresses it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, "application/json", {"data": [{"id": name} for name in models]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(*answer(json.loads(body)))

        def _send(self, status: int, kind: str, content: object) -> None:
            text = content if isinstance(content, str) else json.dumps(content)
            self.send_response(status)
            if status in (307, 308):
                self.send_header("Location", "http://127.0.0.1:9/v1/chat/completions")
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  of the base
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def finding_of(
    status: int, content: object, *, model: str = "fake-1", models: tuple[str, ...] = ("fake-1",)
) -> ProviderFinding:
    with provider(lambda _: (status, "application/json", content), models) as base_url:
        return ask(base_url, model)


def ask(base_url: str, model: str = "fake-1") -> ProviderFinding:
    return ask_provider(ModelSettings(base_url=base_url, model=model, api_key=SecretStr(KEY)))


def test_one_token_is_asked_for_and_an_answer_is_enough() -> None:
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> tuple[int, str, object]:
        asked.append(body)
        return 200, "application/json", COMPLETION

    with provider(answer) as base_url:
        finding = ask(base_url)

    assert not finding.fix
    assert "one token" in finding.found
    assert [(body["model"], body["max_tokens"]) for body in asked] == [("fake-1", 1)]


@pytest.mark.parametrize(
    ("status", "content", "found", "fix"),
    [
        (404, "Not found", "no chat completions", "SANDBOX_LLM__BASE_URL"),
        (405, "", "no chat completions", "SANDBOX_LLM__BASE_URL"),
        (404, error("The model `fake-1` does not exist"), "does not know", "SANDBOX_LLM__MODEL"),
        (400, error("unknown model", "model_not_found"), "does not know", "SANDBOX_LLM__MODEL"),
        (401, error("no"), "key is refused", "SANDBOX_LLM__API_KEY"),
        (403, "", "key is refused", "SANDBOX_LLM__API_KEY"),
        (429, error("rate of requests"), "rate of requests", "Wait"),
        (429, error("You exceeded your quota", "insufficient_quota"), "no budget", "Raise"),
        (200, "<!doctype html><html>Welcome</html>", "a web page", "SANDBOX_LLM__BASE_URL"),
        (200, {"ok": True}, "not as a language model", "SANDBOX_LLM__BASE_URL"),
        (200, {"choices": []}, "not as a language model", "SANDBOX_LLM__BASE_URL"),
        (307, "", "redirects", "SANDBOX_LLM__BASE_URL"),
        (500, "oops", "error of its own (500)", "Try again"),
        (503, "<html>", "error of its own (503)", "Try again"),
    ],
)
def test_a_wrong_answer_is_told_with_what_to_do_and_without_the_key(
    status: int, content: object, found: str, fix: str
) -> None:
    finding = finding_of(status, content)

    assert found in finding.found
    assert fix in finding.fix
    assert KEY not in finding.found + finding.fix


def test_an_unknown_model_is_told_with_the_nearest_that_is_listed() -> None:
    finding = finding_of(
        404, error("no such model"), model="gpt-4o-mni", models=("gpt-4o-mini", "whisper-1")
    )

    assert "gpt-4o-mini" in finding.found


def test_a_model_that_answers_is_right_though_no_list_names_it() -> None:
    finding = finding_of(200, COMPLETION, model="my-deployment")

    assert not finding.fix
    assert "list of models does not name it" in finding.found


def test_a_deployment_that_wants_the_other_name_of_the_limit_is_asked_again() -> None:
    def answer(body: dict[str, Any]) -> tuple[int, str, object]:
        if "max_tokens" in body:
            return 400, "application/json", error("Unsupported parameter: max_tokens")
        return 200, "application/json", COMPLETION

    with provider(answer) as base_url:
        assert not ask(base_url).fix


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:9/v1", "nonsense", "http://[::1", "ftp://x"]
)
def test_an_address_that_cannot_be_reached_names_its_setting(base_url: str) -> None:
    assert ask(base_url).fix == "Check SANDBOX_LLM__BASE_URL."
