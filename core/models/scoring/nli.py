"""Tells whether one text follows from another, with a cross-encoder from this machine's disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.ports import EntailmentScore
from core.errors import ConfigurationError
from core.models.scoring.cross_encoder import load_cross_encoder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_LABELS = ("entailment", "neutral", "contradiction")


class CrossEncoderNli:
    """An EntailmentModel over sentence-transformers' CrossEncoder; loads at first use; thread-safe.

    Nothing is downloaded, no code of the model is run, and only safetensors weights are read. The
    model needs the three classes entailment, neutral and contradiction in its config.json.
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self._folder = folder
        self._device = device
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def entailment(self, pairs: Sequence[tuple[str, str]]) -> list[EntailmentScore]:
        """Return probabilities for (premise, hypothesis) pairs, in order.

        Raises ConfigurationError if the model cannot be loaded.
        """
        if not pairs:
            return []
        with self._lock:
            model = self._model()
            logits = np.asarray(model.predict(list(pairs), show_progress_bar=False), dtype=float)
        places = [_label_indexes(model)[label] for label in _LABELS]
        return [EntailmentScore(*(row[places].tolist())) for row in _softmax(logits)]

    def _model(self) -> CrossEncoder:
        if self._loaded is None:
            self._loaded = _load(self._folder, self._device)
        return self._loaded


def _softmax(logits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return rows of probabilities; the largest logit is taken off so that nothing overflows."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _label_indexes(model: CrossEncoder) -> dict[str, int]:
    labels = (model.config.id2label if model.config else None) or {}
    names = {str(name).lower(): int(index) for index, name in labels.items()}
    return {label: index for label in _LABELS for name, index in names.items() if label in name}


def _load(folder: Path, device: str) -> CrossEncoder:
    model = load_cross_encoder(folder, device, name="entailment model", hint=_HINT)
    if set(_label_indexes(model)) != set(_LABELS):
        raise ConfigurationError(f"The model in {folder} is not an entailment model. {_HINT}")
    return model


_HINT = (
    "Nothing is downloaded: put the folder of a cross-encoder for natural language inference on "
    "this machine and set SANDBOX_GROUNDING__NLI_MODEL to it."
)
