"""Sentences embedded as texts of their own, for models whose token vectors nobody sees."""

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
    """Passages and sentences in one call of `embed`, which gives (n, dimension) for n texts."""
    cut = [text[a:b] for text, places in zip(texts, spans, strict=True) for a, b in places]
    vectors = embed([*texts, *cut])
    ends = np.cumsum([len(texts), *(len(places) for places in spans)])
    passages, *sentences = np.split(vectors, ends[:-1]) if len(spans) else (vectors,)
    return EmbeddedPassages(passages, tuple(sentences))
