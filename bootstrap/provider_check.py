"""Asks the language model's provider for one token and interprets its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

import httpx

from core.settings import ModelSettings

SECONDS = 15
LIMITS = ("max_tokens", "max_completion_tokens")
"""The names of the parameter for the longest answer; a provider knows one of them."""
ADDRESS = "Check SANDBOX_LLM__BASE_URL; for most providers it ends with /v1."


@dataclass(frozen=True, slots=True)
class ProviderFinding:
    """The result of the check; `fix` is empty if nothing has to be done."""

    found: str
    fix: str = ""


def ask_provider(llm: ModelSettings, *, trusts_proxy: bool = True) -> ProviderFinding:
    """Send one question of one word; the model answers with one token, which may cost.

    `trusts_proxy` is false where a proxy of this machine could read what is not encrypted.
    """
    key = llm.api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    base = llm.base_url.rstrip("/")
    try:
        # Redirects are not followed: they would send the key to another host.
        with httpx.Client(headers=headers, timeout=SECONDS, trust_env=trusts_proxy) as client:
            answer = _answer(client, f"{base}/chat/completions", llm.model)
            if _is_answered(answer):
                finding = f"the model {llm.model} at {base} answered a test of one token"
                return ProviderFinding(f"{finding}{_note_on_list(client, base, llm.model)}")
            return _meaning(client, answer, llm)
    except httpx.TimeoutException:
        return ProviderFinding(
            f"no answer from {base} within {SECONDS} seconds", "Check SANDBOX_LLM__BASE_URL."
        )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return ProviderFinding(
            f"no connection to {base} ({type(error).__name__})", "Check SANDBOX_LLM__BASE_URL."
        )


def _answer(client: httpx.Client, address: str, model: str) -> httpx.Response:
    message = {"role": "user", "content": "Hello"}
    for limit in LIMITS:
        body = {"model": model, "messages": [message], limit: 1}
        response = client.post(address, json=body)
        if response.status_code != HTTPStatus.BAD_REQUEST or limit not in response.text:
            break
    return response


def _is_answered(response: httpx.Response) -> bool:
    if response.status_code == HTTPStatus.BAD_REQUEST:
        # Reasoning models refuse to end within one token, which shows that the model is there.
        return any(limit in response.text for limit in (LIMITS[1], "output limit"))
    choices = _object(response).get("choices")
    return response.status_code == HTTPStatus.OK and isinstance(choices, list) and bool(choices)


def _meaning(client: httpx.Client, response: httpx.Response, llm: ModelSettings) -> ProviderFinding:
    status, error = response.status_code, _error_words(response)
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return ProviderFinding("the key is refused", "Check SANDBOX_LLM__API_KEY.")
        case HTTPStatus.TOO_MANY_REQUESTS if "quota" in error:
            return ProviderFinding(
                "the account has no budget left", "Raise it in the provider's console."
            )
        case HTTPStatus.TOO_MANY_REQUESTS:
            return ProviderFinding(
                "the provider limits the rate of requests (429)",
                "Wait a minute, then check the limits of the account.",
            )
        case _ if "model" in error and status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
            return _unknown_model(client, llm)
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
            return ProviderFinding(f"no chat completions at {llm.base_url} ({status})", ADDRESS)
        case HTTPStatus.OK:
            return ProviderFinding(
                f"the server at {llm.base_url} answers, but not as a language model"
                f"{' (a web page)' if '<html' in response.text[:1000].lower() else ''}",
                ADDRESS,
            )
        case _ if response.is_redirect:
            return ProviderFinding(
                f"the server at {llm.base_url} redirects elsewhere ({status}), not followed",
                ADDRESS,
            )
        case _:
            return ProviderFinding(
                f"the provider reports an error of its own ({status})",
                "Try again later. If the error stays, check SANDBOX_LLM__MODEL and "
                "SANDBOX_LLM__BASE_URL.",
            )


def _unknown_model(client: httpx.Client, llm: ModelSettings) -> ProviderFinding:
    near = get_close_matches(llm.model, _listed(client, llm.base_url.rstrip("/")), n=1, cutoff=0.5)
    meant = f" The closest model it lists is {near[0]}." if near else ""
    return ProviderFinding(
        f"the provider does not know the model {llm.model}.{meant}", "Check SANDBOX_LLM__MODEL."
    )


def _note_on_list(client: httpx.Client, base: str, model: str) -> str:
    """Say if the model is not listed; deployments need not be, so the answer proves more."""
    listed = _listed(client, base)
    return ", though its list of models does not name it" if listed and model not in listed else ""


def _listed(client: httpx.Client, base: str) -> list[str]:
    try:
        models = _object(client.get(f"{base}/models")).get("data")
    except httpx.HTTPError:
        return []
    entries = models if isinstance(models, list) else []
    return [str(entry["id"]) for entry in entries if isinstance(entry, Mapping) and "id" in entry]


def _object(response: httpx.Response) -> Mapping[str, Any]:  # Any: JSON
    try:
        body = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return body if isinstance(body, Mapping) else {}


def _error_words(response: httpx.Response) -> str:
    """Return an error's code, type and message in lower case; they may hold the key."""
    error = _object(response).get("error", {})
    values = error.values() if isinstance(error, Mapping) else [error]
    return " ".join(str(value) for value in values).lower()
