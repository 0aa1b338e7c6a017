"""Builds the configured language model for answers, follow-ups and judgements."""

from core.errors import ConfigurationError
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.models.provider.address import require_safe_address
from core.settings import ModelSettings

BASE_URL = "SANDBOX_LLM__BASE_URL"


def chat_model(llm: ModelSettings, limits: ChatLimits, model: str = "") -> OpenAICompatibleChat:
    """Return the configured model, or another one of the same provider.

    Raises ConfigurationError if its address is missing, or is not safe to send documents to.
    """
    require_model_address(llm)
    key = llm.api_key.get_secret_value()
    return OpenAICompatibleChat(
        ChatEndpoint(llm.base_url, model or llm.model, key, llm.provider), limits
    )


def answering_model(llm: ModelSettings) -> OpenAICompatibleChat | None:
    """Return the model that answers, None if none is set; raise as `chat_model`."""
    if not llm.is_configured:
        return None
    limits = ChatLimits(
        temperature=llm.temperature,
        max_output_tokens=llm.max_output_tokens,
        timeout_s=llm.timeout_s,
        max_retries=llm.max_retries,
        total_s=llm.answer_seconds,
    )
    return chat_model(llm, limits)


def helper_limits(llm: ModelSettings, max_output_tokens: int, seconds: float) -> ChatLimits:
    """Return limits for requests that an answer waits for: one try, and a short one."""
    silence = min(llm.timeout_s, seconds)
    return ChatLimits(0.0, max_output_tokens, silence, max_retries=0, total_s=seconds)


def require_model_address(llm: ModelSettings) -> None:
    """Raise ConfigurationError unless questions and documents may be sent there."""
    if not llm.base_url:
        raise ConfigurationError(
            f"No language model is set. Set {BASE_URL} and SANDBOX_LLM__MODEL."
        )
    require_safe_address(llm.base_url, setting=BASE_URL, allows_plain_http=llm.allow_plain_http)
