"""Embeds sentences as texts of their own, for models whose token vectors are not available."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.domain.ports import EmbeddedPassages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.domain.ports import Spans, Vectors


def embed_sentences_as_texts(
    embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str], spans: Sequence[Spans]
) -> EmbeddedPassages:
    """Embed passages and sentences in one call of `embed`: n texts give (n, dimension)."""
    cut = [text[a:b] for text, places in zip(texts, spans, strict=True) for a, b in places]
    vectors = embed([*texts, *cut])
    ends = np.cumsum([len(texts), *(len(places) for places in spans)])
    passages, *sentences = np.split(vectors, ends[:-1]) if len(spans) else (vectors,)
    return EmbeddedPassages(passages, tuple(sentences))
