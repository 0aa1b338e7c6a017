"""Token vectors of texts from every layer of the official embedding model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from transformers import BertModel

from core.models.weights import find_weights

Array = NDArray[np.float32]

LAYERS = (0, 3, 4, 5, 6)
"""0 are the embeddings of word pieces, before they know of each other."""
MOST_TOKENS = 256
BATCH = 16


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, without the marks around it.

    `layers` holds by layer an array of shape (tokens, dimension) with rows of length 1, `spans`
    where each token stands in the text, and `vector` is the vector of the whole text, of length 1.
    """

    layers: dict[int, Array]
    spans: tuple[tuple[int, int], ...]
    vector: Array


class TokenModel:
    """The embedding model in 32 bits; it remembers what it has embedded."""

    def __init__(self) -> None:
        folder = find_weights()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._model = BertModel.from_pretrained(folder)  # ready for use: dropout is off
        self._known: dict[str, Tokens] = {}

    def embed(self, text: str) -> Tokens:
        """Return the tokens of a text."""
        self.prepare([text])
        return self._known[text]

    def vectors(self, texts: Sequence[str]) -> Array:
        """Return an array of shape (len(texts), dimension) with rows of length 1."""
        self.prepare(texts)
        return np.stack([self._known[text].vector for text in texts])

    def prepare(self, texts: Iterable[str]) -> None:
        """Embed what is not known yet, texts of like length together."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        encodings = self._tokenizer.encode_batch(missing)
        order = sorted(range(len(missing)), key=lambda number: len(encodings[number].ids))
        for start in range(0, len(order), BATCH):
            numbers = order[start : start + BATCH]
            embedded = self._batch([encodings[number] for number in numbers])
            self._known.update(zip((missing[n] for n in numbers), embedded, strict=True))

    def _batch(self, encodings: Sequence[Encoding]) -> list[Tokens]:
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = torch.zeros((len(encodings), longest), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
            mask[row, : len(encoding.ids)] = 1
        with torch.inference_mode():
            states = self._model(ids, attention_mask=mask, output_hidden_states=True).hidden_states
        return [
            _tokens(encoding, {layer: states[layer][row].numpy() for layer in LAYERS})
            for row, encoding in enumerate(encodings)
        ]


def _tokens(encoding: Encoding, states: dict[int, Array]) -> Tokens:
    length = len(encoding.ids)
    inner = slice(1, length - 1)
    return Tokens(
        {layer: _unit(values[inner]).astype(np.float16) for layer, values in states.items()},
        tuple(encoding.offsets[inner]),
        _unit(states[LAYERS[-1]][:length].mean(axis=0)),
    )


def _unit(vectors: Array) -> Array:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Array = vectors / np.maximum(norms, 1e-9)
    return unit
