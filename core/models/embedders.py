"""Embedders by name: the configured one, and those that other collections are pinned to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.domain.ports import Embedder


class LoadedEmbedders:
    """Loads a model when its name is first asked for and keeps it; safe to use from threads."""

    def __init__(self, default: Embedder, load: Callable[[str], Embedder]) -> None:
        """Keep the default; `load` raises ConfigurationError for a model that is not here."""
        self.default = default
        self._load = load
        self._loaded = {default.name: default}
        self._lock = threading.Lock()

    def get(self, name: str) -> Embedder:
        """Return the embedder of a model name or folder.

        Raises ConfigurationError if it cannot be loaded, saying what to do.
        """
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load_named(name)
            return self._loaded[name]

    def _load_named(self, name: str) -> Embedder:
        if not name.strip():
            raise ConfigurationError("Enter the name of an embedding model, or its folder.")
        try:
            embedder = self._load(name)
            # Some adapters load at first use; asking for the dimension reveals an unusable model.
            _ = embedder.dimension
        except ConfigurationError as error:
            raise ConfigurationError(
                f"The embedding model “{name}” cannot be loaded. Restore its folder, or build "
                "the index of the collection with another model: sandbox_cli.py embeddings build"
            ) from error
        return self._loaded.get(embedder.name, embedder)
