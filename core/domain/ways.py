"""Ways to ask: of the documents, or of the language model alone."""

from enum import StrEnum


class Way(StrEnum):
    """What an answer is made from: DOCUMENTS, or FREE for what the language model knows itself."""

    DOCUMENTS = "documents"
    FREE = "free"


NOT_CHECKED = "Not checked against documents"
"""Stands with every answer that was made without them, wherever it is shown."""
NEEDS_A_MODEL = (
    "Without documents, only a language model can answer, and none is set up. An administrator "
    "turns one on with SANDBOX_LLM__BASE_URL and SANDBOX_LLM__MODEL."
)
