"""What deployments refuse, in their own words, and what is made of it; by unit and over HTTP."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from core.domain.ports import ChatMessage
from core.errors import (
    ModelContextOverflow,
    ModelCutShort,
    ModelError,
    ModelQuotaUsedUp,
    ModelRateLimited,
    ModelRefusedRequest,
    ModelTimeout,
    ModelUnavailable,
)
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from tools.trial.provider import FakeProvider, Recorded, Reply


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


def model(provider: FakeProvider, name: str = "m", *, timeout_s: float = 1) -> OpenAICompatibleChat:
    chosen = ChatLimits(timeout_s=timeout_s, max_retries=0, max_output_tokens=100)
    return OpenAICompatibleChat(ChatEndpoint(provider.base_url, name), chosen, lambda _: None)


def ask(chat: OpenAICompatibleChat) -> str:
    deltas = chat.stream([ChatMessage("user", "Who has the key?")])
    return "".join(delta.text for delta in deltas)


def failure(provider: FakeProvider, reply: Reply, *, timeout_s: float = 1) -> ModelError:
    provider.script(reply)
    with pytest.raises(ModelError) as caught:
        ask(model(provider, timeout_s=timeout_s))
    return caught.value


def error(message: str, **fields: object) -> dict[str, Any]:
    return {"error": {"message": message, **fields}}


UNSUPPORTED = error(
    "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead.",
    param="max_tokens",
    code="unsupported_parameter",
)


def test_a_deployment_that_refuses_max_tokens_gets_the_other_spelling_and_it_is_remembered(
    provider: FakeProvider,
) -> None:
    provider.script(Reply("Ida.", refuses=("max_tokens",), error=UNSUPPORTED))
    chat = model(provider)

    assert [ask(chat), ask(chat)] == ["Ida.", "Ida."]

    bodies = [request.body for request in provider.requests]
    assert ["max_tokens" in body for body in bodies] == [True, False, False]
    assert [body.get("max_completion_tokens") for body in bodies] == [None, 100, 100]


def test_a_reasoning_model_behind_an_old_server_gets_max_tokens(provider: FakeProvider) -> None:
    refusal = error("Extra inputs are not permitted: max_completion_tokens")
    provider.script(Reply("Ida.", refuses=("max_completion_tokens",), error=refusal))

    assert ask(model(provider, "gpt-5-mini")) == "Ida."
    assert provider.requests[-1].body["max_tokens"] == 100


@pytest.mark.parametrize(
    ("parameter", "refusal"),
    [
        (
            "temperature",
            error(
                "Unsupported value: 'temperature' does not support 0.0 with this model.",
                param="temperature",
            ),
        ),
        ("temperature", error("`temperature` is deprecated for this model.")),
        ("stream_options", error("Unrecognized request argument supplied: stream_options")),
        (
            "stream_options",
            {
                "detail": [
                    {
                        "type": "extra_forbidden",
                        "loc": ["body", "stream_options"],
                        "msg": "Extra inputs are not permitted",
                    }
                ]
            },
        ),
        ("stream_options", {"message": "unknown field `stream_options`"}),
        ("max_tokens", {"object": "error", "message": "max_tokens: unexpected keyword argument"}),
    ],
)
def test_a_parameter_that_is_not_known_is_left_out_from_then_on(
    provider: FakeProvider, parameter: str, refusal: dict[str, Any]
) -> None:
    provider.script(Reply("Ida.", refuses=(parameter,), error=refusal))
    chat = model(provider)

    assert [ask(chat), ask(chat)] == ["Ida.", "Ida."]

    assert [parameter in request.body for request in provider.requests] == [True, False, False]


def test_a_deployment_that_knows_none_of_the_parameters_is_asked_without(
    provider: FakeProvider,
) -> None:
    names = ("max_tokens", "max_completion_tokens", "temperature", "stream_options")
    refusal = error(f"Unknown parameters: {', '.join(names)}")
    provider.script(Reply("Ida.", refuses=names, error=refusal))

    assert ask(model(provider)) == "Ida."
    assert set(provider.requests[-1].body) == {"model", "messages", "stream"}


def test_a_deployment_that_refuses_whatever_it_is_sent_is_asked_a_few_times_only(
    provider: FakeProvider,
) -> None:
    found = failure(provider, Reply(status=400, error=UNSUPPORTED))

    assert type(found) is ModelRefusedRequest
    assert len(provider.requests) <= 5


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, error("This model's maximum context length is 8192 tokens.", param="messages")),
        (400, error("…", code="context_length_exceeded")),
        (400, error("the request exceeds the available context size, try increasing it")),
        (500, error("the request exceeds the available context size. enable context shift")),
        (400, error("input length exceeds maximum context length")),
        (400, error("prompt is too long: 215000 tokens > 200000 maximum")),
        (400, error("Input is too long for requested model.")),
        (422, error("Input validation error: `inputs` must have less than 1024 tokens.")),
        (400, error("Requested tokens (5000) exceed context window of 4096")),
        (
            400,
            error("Prompt contains 40000 tokens, too large for model with 32768 maximum context"),
        ),
        (
            400,
            error("The input token count (2000000) exceeds the maximum number of tokens allowed"),
        ),
        (400, error("Trying to keep the first 5318 tokens when context the overflows.")),
        (400, error("initial prompt is greater than the context length (n_ctx 4096)")),
        (
            400,
            error(
                "'max_tokens' is too large: 800. This model's maximum context length is 2048 "
                "tokens and your request has 1500 input tokens.",
                param="max_tokens",
            ),
        ),
        (413, {"detail": "Payload Too Large"}),
    ],
)
def test_a_prompt_that_is_too_long_is_recognised_in_every_wording(
    provider: FakeProvider, status: int, body: dict[str, Any]
) -> None:
    found = failure(provider, Reply(status=status, error=body))

    assert type(found) is ModelContextOverflow
    assert "SANDBOX_RETRIEVAL__TOP_K" in found.advice
    assert not found.may_be_charged
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "advice"),
    [
        (
            429,
            error("You exceeded your current quota.", code="insufficient_quota"),
            ModelQuotaUsedUp,
            "plan, balance",
        ),
        (400, error("Your credit balance is too low"), ModelQuotaUsedUp, "plan, balance"),
        (402, error("Insufficient Balance"), ModelQuotaUsedUp, "plan, balance"),
        (429, error("Too many tokens per minute"), ModelRateLimited, ""),
        (429, error("Rate limit reached for tokens per min"), ModelRateLimited, ""),
        (
            400,
            error("model 'x' not found, try pulling it first"),
            ModelRefusedRequest,
            "SANDBOX_LLM__MODEL:",
        ),
        (
            404,
            {
                "error": {
                    "code": "DeploymentNotFound",
                    "message": "The API deployment does not exist",
                }
            },
            ModelRefusedRequest,
            "SANDBOX_LLM__MODEL:",
        ),
        (
            404,
            error("The model `gpt-9` does not exist or you do not have access to it."),
            ModelRefusedRequest,
            "SANDBOX_LLM__MODEL:",
        ),
        (404, {"detail": "Not Found"}, ModelRefusedRequest, "SANDBOX_LLM__BASE_URL"),
        (405, {"detail": "Method Not Allowed"}, ModelRefusedRequest, "SANDBOX_LLM__BASE_URL"),
        (
            400,
            error("max_tokens is too large: 32000. This model supports at most 4096 tokens."),
            ModelRefusedRequest,
            "SANDBOX_LLM__MAX_OUTPUT_TOKENS is more",
        ),
        (
            400,
            error("Filtered due to the prompt triggering the content management policy."),
            ModelRefusedRequest,
            "content filter",
        ),
        (400, error("Something else"), ModelRefusedRequest, "status 400"),
        (400, error("Unknown argument: messages"), ModelRefusedRequest, "run: python"),
        (503, error("overloaded"), ModelUnavailable, ""),
    ],
)
def test_administrators_are_told_what_to_change(
    provider: FakeProvider,
    status: int,
    body: dict[str, Any],
    kind: type[ModelError],
    advice: str,
) -> None:
    found = failure(provider, Reply(status=status, error=body))

    assert type(found) is kind
    assert advice in found.advice
    assert bool(advice) == bool(found.advice)
    assert "SANDBOX" not in str(found)
    assert "kept" in str(found)
    assert not found.may_be_charged


@pytest.mark.parametrize("text", ["", "The key is at the"])
@pytest.mark.parametrize(
    ("reason", "said", "advice"),
    [
        ("length", "maximum length", "SANDBOX_LLM__MAX_OUTPUT_TOKENS."),
        ("max_tokens", "maximum length", "SANDBOX_LLM__MAX_OUTPUT_TOKENS"),
        ("MAX_TOKENS", "maximum length", "SANDBOX_LLM__MAX_OUTPUT_TOKENS"),
        ("content_filter", "content filter|refused", "filter is set at the provider"),
        ("SAFETY", "content filter|refused", "filter is set at the provider"),
        ("tool_calls", "use a tool", "offers no tools"),
        ("function_call", "use a tool", "offers no tools"),
        ("error", "gave up", ""),
    ],
)
def test_an_answer_that_did_not_end_by_itself_says_so(
    provider: FakeProvider, text: str, reason: str, said: str, advice: str
) -> None:
    found = failure(provider, Reply(text, finish_reason=reason))

    assert re.search(said, str(found))
    assert ("text so far" in str(found)) == bool(text)
    assert advice in found.advice
    assert found.may_be_charged


def test_a_model_that_says_as_an_error_that_its_thoughts_used_up_the_length(
    provider: FakeProvider,
) -> None:
    body = error(
        "Could not finish the message because max_tokens or model output limit was reached. Please "
        "try again with higher max_tokens."
    )

    found = failure(provider, Reply(status=400, error=body))

    assert type(found) is ModelCutShort
    assert "SANDBOX_LLM__MAX_OUTPUT_TOKENS" in found.advice
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "message",
    ["System role not supported", "Conversation roles must alternate user/assistant/user/…"],
)
def test_a_template_without_a_system_role_gets_the_rules_before_the_question(
    provider: FakeProvider, message: str
) -> None:
    def decide(request: Recorded) -> Reply:
        roles = [one["role"] for one in request.body["messages"]]
        return Reply("Ida.") if "system" not in roles else Reply(status=400, error=error(message))

    provider.decide = decide
    chat = model(provider)
    prompt = [ChatMessage("system", "Be brief."), ChatMessage("user", "Who?")]

    for _ in range(2):
        assert "".join(delta.text for delta in chat.stream(prompt)) == "Ida."

    assert len(provider.requests) == 3
    assert provider.requests[-1].body["messages"] == [
        {"role": "user", "content": "Be brief.\n\nWho?"}
    ]


def test_an_answer_without_a_word_says_so(provider: FakeProvider) -> None:
    found = failure(provider, Reply(""))

    assert type(found) is ModelCutShort
    assert "without writing an answer" in str(found)


@pytest.mark.parametrize("reason", ["stop", "end_turn", "eos", "stop_sequence", "COMPLETE"])
def test_an_answer_that_ended_by_itself_is_whole(provider: FakeProvider, reason: str) -> None:
    provider.script(Reply("Ida.", finish_reason=reason))

    assert ask(model(provider)) == "Ida."


def test_a_model_that_only_thought_used_up_its_length(provider: FakeProvider) -> None:
    found = failure(
        provider, Reply("<think>The person asks for the key and", finish_reason="length")
    )

    assert "before it wrote an answer" in str(found)


def test_a_refusal_in_a_field_of_its_own_is_a_refusal(provider: FakeProvider) -> None:
    chunk = b'data: {"choices":[{"index":0,"delta":{"refusal":"I cannot."},"finish_reason":null}]}'
    end = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'

    found = failure(provider, Reply(raw=chunk + b"\n\n" + end + b"\n\ndata: [DONE]\n\n"))

    assert type(found) is ModelRefusedRequest


def test_a_server_that_does_not_stream_is_read_as_well(provider: FakeProvider) -> None:
    body = (
        b'{"object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",'
        b'"message":{"role":"assistant","content":"Ida."}}],'
        b'"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}'
    )
    provider.script(Reply(raw=body, content_type="application/json; charset=utf-8"))

    deltas = list(model(provider).stream([ChatMessage("user", "?")]))

    assert "".join(delta.text for delta in deltas) == "Ida."
    assert [d.usage.input_tokens for d in deltas if d.usage] == [7]


def test_an_error_sent_as_success_is_an_error(provider: FakeProvider) -> None:
    body = b'{"error":{"message":"model overloaded","code":503}}'

    found = failure(provider, Reply(raw=body, content_type="application/json"))

    assert type(found) is ModelUnavailable


def test_thoughts_in_a_field_of_their_own_count_and_are_not_shown(provider: FakeProvider) -> None:
    provider.script(Reply("Ida.", thoughts="Who could that be?"))

    deltas = list(model(provider).stream([ChatMessage("user", "?")]))

    assert "".join(delta.text for delta in deltas) == "Ida."
    assert sum(delta.hidden_characters for delta in deltas) == len("Whocouldthatbe?")


def test_a_server_that_takes_no_connection_charges_nothing_and_one_that_is_silent_may(
    provider: FakeProvider,
) -> None:
    found = failure(provider, Reply(delay_s=5), timeout_s=0.2)
    gone = OpenAICompatibleChat(
        ChatEndpoint("http://127.0.0.1:9/v1", "m"), ChatLimits(max_retries=0), lambda _: None
    )

    assert type(found) is ModelTimeout
    assert found.may_be_charged
    with pytest.raises(ModelUnavailable) as caught:
        ask(gone)
    assert not caught.value.may_be_charged
