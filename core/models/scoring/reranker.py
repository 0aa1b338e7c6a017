"""Scores how well passages answer a query, with a cross-encoder from this machine's disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConfigurationError
from core.models.scoring.cross_encoder import load_cross_encoder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """A Reranker over sentence-transformers' CrossEncoder; loads at first use; thread-safe.

    Nothing is downloaded, no code of the model is run, and only safetensors weights are read. The
    model gives one number for a pair of texts. Longer texts are cut where the model ends.
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self._folder = folder
        self._device = device
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one number for each text, in order; higher is better.

        Raises ConfigurationError if the model cannot be loaded.
        """
        if not texts:
            return []
        with self._lock:
            model = self._model()
            scores = model.predict([(query, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in scores]

    def _model(self) -> CrossEncoder:
        if self._loaded is None:
            self._loaded = _load(self._folder, self._device)
        return self._loaded


def _load(folder: Path, device: str) -> CrossEncoder:
    model = load_cross_encoder(folder, device, name="reranker", hint=_HINT)
    if model.config is None or model.config.num_labels != 1:
        raise ConfigurationError(f"The model in {folder} does not return a single score. {_HINT}")
    return model


_HINT = (
    "Nothing is downloaded: put the folder of a cross-encoder for passage ranking on this machine "
    "and set SANDBOX_RERANKER__MODEL to it, or leave the setting empty."
)
