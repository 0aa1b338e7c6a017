"""The names in use of providers, models and prompts, which administrators can turn off."""

from admin.spending.switches import Configured
from core.models.endpoint_embedder import PREFIX
from core.settings import Settings
from ideas.cards.drafting import CURRENT as DRAFT
from rag.finding import model_rewriting
from rag.grounding.judges import llm as llm_judge
from rag.prompting import prompt
from rag.writing.summary import COMPARISON, NOTES, SUMMARY

OPENAI = "openai"
"""The protocol that a service speaks, which says more than nothing where it has no name."""


def configured_names(settings: Settings) -> Configured:
    """Return the names in use of providers, models and prompts, which can be turned off."""
    llm, embeddings = settings.llm, settings.embeddings
    is_elsewhere = embeddings.model.startswith(PREFIX)
    providers = [llm.provider] if llm.is_configured else []
    models = [llm.model, settings.grounding.model, settings.budgets.cheaper_model]
    if is_elsewhere:
        providers.append(embedding_provider(settings))
        models.append(embeddings.model.removeprefix(PREFIX))
    helpers = (model_rewriting.CURRENT, llm_judge.CURRENT, DRAFT)
    prompts = (prompt.CURRENT, prompt.FREE, NOTES, SUMMARY, COMPARISON, *helpers)
    return Configured(
        tuple(dict.fromkeys(providers)), tuple(dict.fromkeys(filter(None, models))), prompts
    )


def embedding_provider(settings: Settings) -> str:
    """Return what the provider is called in usage: as for answers, if they come from it as well."""
    is_same = settings.embeddings.base_url == settings.llm.base_url
    return settings.llm.provider if is_same else OPENAI
