"""The terms that both keyword indexes make of a text, with identifiers kept whole."""

import re

import tantivy

from core.domain.ports import KeywordEntry

# Order numbers, form names and paragraph signs: kept whole beside their stemmed parts.
IDENTIFIER = re.compile(r"\b(?=[\w./-]*\d)\w+(?:[./-]\w+)+\b")


def word_analyzer() -> tantivy.TextAnalyzer:
    """Return an analyzer: lower case, ASCII, no English stop words, stemmed as English."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def identifiers(text: str) -> list[str]:
    """Return the identifiers of a text in order, in lower case."""
    return [match.group().lower() for match in IDENTIFIER.finditer(text)]


def indexed_text(entry: KeywordEntry) -> str:
    """Return the searchable text of a chunk: title, headings and text."""
    return "\n".join((entry.title, entry.headings, entry.text))
