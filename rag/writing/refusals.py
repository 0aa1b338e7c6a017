"""Says why there is no answer, as the text that was typed suggests."""

import re

from rag.reading.question_words import language_of
from rag.writing.generation import NOT_IN_DOCUMENTS

NO_WORDS = "I see no words in this. Ask your question in a few words or in a sentence."
UNKNOWN_WORDS = (
    "None of the documents has any of these words. Check the spelling, or use other words."
)
TABLE = "Your text looks like a table. Ask about one of its values, in a sentence."
LONG = "Your text is long, and all of it was searched for. Ask one question, in a sentence or two."
LANGUAGE = "You asked in {language}. If the documents are in another language, ask in that one."
LANGUAGES = {"de": "German", "fr": "French", "es": "Spanish", "pl": "Polish"}
LONG_TEXT = 600
"""Characters; a question that tells what it is about has fewer."""
ROWS = 2
"""Lines with several cells that make a table."""

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_ROW = re.compile(r"^[^\n]*(?:\t|[;|][^\n;|]*[;|])[^\n]*$", re.MULTILINE)


def has_words(question: str) -> bool:
    """Return whether there is anything to search for in a question."""
    return _LETTER_OR_DIGIT.search(question) is not None


def refusal(question: str, known: float) -> str:
    """Return what is said to a question that the documents do not answer.

    `known` is the share of its terms that any document has.
    """
    hint = _hint(question, known)
    return f"{NOT_IN_DOCUMENTS} {hint}" if hint else NOT_IN_DOCUMENTS


def _hint(question: str, known: float) -> str:
    if len(_ROW.findall(question)) >= ROWS:
        return TABLE
    if len(question) > LONG_TEXT:
        return LONG
    if language := language_of(question):
        return LANGUAGE.format(language=LANGUAGES[language])
    return UNKNOWN_WORDS if not known and not question.rstrip().endswith("?") else ""
