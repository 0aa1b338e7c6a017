"""Finds street addresses: a street by its word, with a house number."""

from collections.abc import Iterator

from core.guardrails.numbers.places import Span, around
from core.guardrails.rules.loading import street_forms

_REACH = 120
"""Characters of an address before and after the word for a street."""


def street_addresses(text: str, folded: str | None) -> Iterator[Span]:
    """Find streets with a number, in the forms of the countries in this folder.

    `folded` is the text as `fold` gives it, None to look at all of it.
    """
    for form, words in street_forms():
        for match in around(form, text, folded, words, reach=_REACH):
            yield match.span()
