"""Builds the configured language model for answers, follow-ups, ideas and judgements."""

from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from core.domain.finished_calls import CallObserver, unobserved
from core.domain.ports import ChatModel, Embedder
from core.errors import ConfigurationError
from core.guardrails.guard import NewMasker, plain_masker
from core.guardrails.orders.datamarks import DatamarkedChat
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.models.observed_chat import ObservedChat
from core.models.provider.address import require_safe_address
from core.models.scoring.nli import CrossEncoderNli
from core.settings import ModelSettings, Settings
from core.spending.door import Door
from core.spending.guarded_chat import GuardedChat
from rag.grounding import SupportJudge
from rag.grounding.judges.entailed import NliJudge
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.judges.llm import LlmJudge

BASE_URL = "SANDBOX_LLM__BASE_URL"
# Forty verdicts with their reasons; a reader who waits for them waits half a minute at most.
JUDGE_TOKENS = 2_000
JUDGE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class WayOut:
    """What every request to a language model passes, and who is told of it."""

    door: Door
    observe: CallObserver = unobserved


def chat_model(
    llm: ModelSettings, limits: ChatLimits, way_out: WayOut, *, model: str = ""
) -> ChatModel:
    """Return the configured model, or another one of the same provider.

    This is where models are made, so that no request goes past the door. Raises
    ConfigurationError if the address is missing, or is not safe to send documents to.
    """
    require_model_address(llm)
    key = llm.api_key.get_secret_value()
    endpoint = ChatEndpoint(llm.base_url, model or llm.model, key, llm.provider)
    observed = ObservedChat(OpenAICompatibleChat(endpoint, limits), way_out.observe)
    return GuardedChat(
        DatamarkedChat(observed) if llm.datamarking else observed,
        way_out.door,
        max_output_tokens=limits.max_output_tokens,
        total_s=limits.total_s,
        is_datamarked=llm.datamarking,
    )


def answering_model(llm: ModelSettings, way_out: WayOut, *, model: str = "") -> ChatModel | None:
    """Return the model that answers, or another one; None if none is set. Raise as `chat_model`."""
    if not llm.is_configured:
        return None
    limits = ChatLimits(
        temperature=llm.temperature,
        max_output_tokens=llm.max_output_tokens,
        timeout_s=llm.timeout_s,
        max_retries=llm.max_retries,
        total_s=llm.answer_seconds,
    )
    return chat_model(llm, limits, way_out, model=model)


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


def build_judge(
    settings: Settings,
    embedder: Embedder,
    way_out: WayOut,
    new_masker: NewMasker = plain_masker,
) -> SupportJudge:
    """Build the judge; raise ConfigurationError if it lacks its model."""
    lexical = LexicalJudge(embedder)
    match settings.grounding.judge:
        case "lexical":
            return lexical
        case "nli":
            return _nli_judge(settings)
        case "llm":
            return LlmJudge(_judge_model(settings, way_out), lexical, new_masker)
    assert_never(settings.grounding.judge)


def _nli_judge(settings: Settings) -> SupportJudge:
    folder = Path(settings.grounding.nli_model)
    if not settings.grounding.nli_model or not folder.is_dir():
        raise ConfigurationError(
            "SANDBOX_GROUNDING__JUDGE is nli, but SANDBOX_GROUNDING__NLI_MODEL is not a model "
            "folder on this machine."
        )
    return NliJudge(CrossEncoderNli(folder, settings.grounding.nli_device))


def _judge_model(settings: Settings, way_out: WayOut) -> ChatModel:
    llm = settings.llm
    if not llm.is_configured:
        raise ConfigurationError(
            "SANDBOX_GROUNDING__JUDGE is llm, but no language model is set. Set "
            "SANDBOX_LLM__BASE_URL and SANDBOX_LLM__MODEL, or use lexical."
        )
    limits = helper_limits(llm, JUDGE_TOKENS, JUDGE_SECONDS)
    return chat_model(llm, limits, way_out, model=settings.grounding.model)
