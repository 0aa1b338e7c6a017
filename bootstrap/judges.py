"""Chooses the judge that tells whether the cited passages carry an answer."""

from pathlib import Path
from typing import assert_never

from bootstrap.language_models import chat_model, helper_limits
from core.domain.ports import Embedder
from core.errors import ConfigurationError
from core.models.chat import OpenAICompatibleChat
from core.models.nli import CrossEncoderNli
from core.settings import Settings
from rag.grounding import SupportJudge
from rag.grounding.judges.entailed import NliJudge
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.judges.llm import LlmJudge

# Forty verdicts with their reasons; a reader who waits for them waits half a minute at most.
MAX_OUTPUT_TOKENS = 2_000
TIMEOUT_S = 30.0


def build_judge(settings: Settings, embedder: Embedder) -> SupportJudge:
    """Build the judge; raise ConfigurationError if it lacks its model."""
    lexical = LexicalJudge(embedder)
    match settings.grounding.judge:
        case "lexical":
            return lexical
        case "nli":
            return _nli_judge(settings)
        case "llm":
            return LlmJudge(_judge_model(settings), lexical)
    assert_never(settings.grounding.judge)


def _nli_judge(settings: Settings) -> SupportJudge:
    folder = Path(settings.grounding.nli_model)
    if not settings.grounding.nli_model or not folder.is_dir():
        raise ConfigurationError(
            "SANDBOX_GROUNDING__JUDGE is nli, but SANDBOX_GROUNDING__NLI_MODEL is not a model "
            "folder on this machine."
        )
    return NliJudge(CrossEncoderNli(folder, settings.grounding.nli_device))


def _judge_model(settings: Settings) -> OpenAICompatibleChat:
    llm = settings.llm
    if not llm.is_configured:
        raise ConfigurationError(
            "SANDBOX_GROUNDING__JUDGE is llm, but no language model is set. Set "
            "SANDBOX_LLM__BASE_URL and SANDBOX_LLM__MODEL, or use lexical."
        )
    limits = helper_limits(llm, MAX_OUTPUT_TOKENS, TIMEOUT_S)
    return chat_model(llm, limits, settings.grounding.model)
