"""Turns text into vectors: all-MiniLM-L6-v2 on the processor, or any local model."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.domain.ports import EmbeddedPassages
from core.errors import ConfigurationError
from core.models.onnx_model import ensure_onnx_model, onnx_folder
from core.models.sentence_texts import embed_sentences_as_texts

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding

    from core.domain.ports import Embedder, Spans, Vectors

DEFAULT_MODEL = "all-MiniLM-L6-v2"
MAX_TOKENS = 256  # the model's training length; longer passages are cut
_CACHED_QUERIES = 512
# Shorter units are list numbers and stray signs, not sentences.
MIN_SENTENCE_TOKENS = 3

logger = logging.getLogger(__name__)


class OnnxEmbedder:
    """all-MiniLM-L6-v2 on onnxruntime: no torch, no network; loads at first use; thread-safe."""

    name = DEFAULT_MODEL
    dimension = 384

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.folder = folder
        self.threads = threads
        self._lock = threading.Lock()
        self._loaded: _OnnxModel | None = None
        self._cached_query = lru_cache(maxsize=_CACHED_QUERIES)(self._embed_query)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), 384), rows of length 1, in the order given."""
        return self.embed_with_sentences(texts, [()] * len(texts)).passages

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        """Embed passages, and each sentence as the mean of its tokens as they read in the passage.

        This is late chunking (Günther et al., 2024, arXiv 2409.04701) inside a passage, in one pass
        of the model. Each text is run by itself: quantisation measures the values of a run, so a
        text's vector depends on nothing but the text, and nothing is padded. Several threads take a
        text each.
        """
        model = self._model()
        encodings = model.tokenizer.encode_batch(list(texts))
        threads = min(self.threads or _processors(), len(texts))
        if threads < 2:
            embedded = list(map(model.embed, encodings, spans))
        else:
            with ThreadPoolExecutor(threads) as pool:
                embedded = list(pool.map(model.embed, encodings, spans))
        passages = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, (passage, _) in enumerate(embedded):
            passages[row] = passage
        return EmbeddedPassages(passages, tuple(sentences for _, sentences in embedded))

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (384,), length 1; recent queries are remembered."""
        return self._cached_query(text).copy()

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of `text`, not cut, without special tokens."""
        return len(self._model().counter.encode(text, add_special_tokens=False).ids)

    def _embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_passages([text])[0]
        return vector

    def _model(self) -> _OnnxModel:
        with self._lock:
            if self._loaded is None:
                self._loaded = _OnnxModel(self.folder)
            return self._loaded


class _OnnxModel:
    """The loaded tokenizers and the inference session."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # Threads that share a run wait for each other; those that take a text each do not.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        onnxruntime.disable_telemetry_events()
        try:
            self._session = onnxruntime.InferenceSession(
                folder / "model.onnx", options, providers=["CPUExecutionProvider"]
            )
            self._input = self._session.get_inputs()[0].name
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.counter = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # both libraries raise types of their own, derived from it
            raise ConfigurationError(
                f"The embedding model in {folder} cannot be loaded ({error}). Delete that folder; "
                "it is rebuilt at the next start."
            ) from error
        for tokenizer in (self.tokenizer, self.counter):
            tokenizer.no_padding()
            tokenizer.no_truncation()
        self.tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, encoding: Encoding, spans: Spans) -> tuple[Vectors, Vectors]:
        """Return the unit vectors of a text, shape (384,), and of its sentences, shape (m, 384)."""
        (hidden,) = self._session.run(None, {self._input: np.array([encoding.ids], dtype=np.int64)})
        tokens: Vectors = hidden[0]
        if not spans:
            return _unit(tokens.mean(axis=0)), np.empty((0, tokens.shape[1]), dtype=np.float32)
        return _unit(tokens.mean(axis=0)), _sentence_vectors(tokens, encoding.offsets, spans)


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sentence_vectors(hidden: Vectors, offsets: Spans, spans: Spans) -> Vectors:
    """Return the means of the token vectors inside each span, without spans of too few tokens.

    `offsets` are the characters of each token; those of the special tokens are (0, 0).
    """
    starts = np.array([start for start, _ in offsets[1:-1]])
    sums = np.concatenate([np.zeros_like(hidden[:1]), np.cumsum(hidden[1:-1], axis=0)])
    places = np.searchsorted(starts, np.array(spans))  # (n, 2): first token, first token after
    places = places[places[:, 1] - places[:, 0] >= MIN_SENTENCE_TOKENS]
    return _unit(sums[places[:, 1]] - sums[places[:, 0]])


def _unit(vectors: Vectors) -> Vectors:
    """Scale vectors to length 1 along the last axis."""
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return scaled


class SentenceTransformerEmbedder:
    """Any model that sentence-transformers can load from this machine's disk, also on a GPU.

    Nothing is downloaded, no code of the model is run, and only safetensors weights are read.
    """

    def __init__(self, model: str, device: str = "cpu") -> None:
        self.name = model
        self._device = device
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def dimension(self) -> int:
        dimension = self._model().get_embedding_dimension()
        if dimension is None:
            raise ConfigurationError(f"The embedding model {self.name} does not give vectors.")
        return int(dimension)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), rows of length 1."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return self._encode(self._model().encode_document, list(texts))

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        """Embed sentences as texts of their own, which suits every way of pooling."""
        return embed_sentences_as_texts(self.embed_passages, texts, spans)

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimension,), length 1."""
        return self._encode(self._model().encode_query, text)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of `text` as the model sees it, not cut, without special tokens."""
        tokenizer = self._model().tokenizer
        return len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def _encode(self, encode: Callable[..., object], texts: str | list[str]) -> Vectors:
        with self._lock:
            vectors = encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _model(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_sentence_transformer(self.name, self._device)
            return self._loaded


def tokenizer_file(model: str, models_dir: Path) -> Path | None:
    """Return the tokenizer.json of a model that lies on this machine; None if it has none."""
    is_default = model.removeprefix("sentence-transformers/") == DEFAULT_MODEL
    file = (onnx_folder(models_dir.resolve()) if is_default else Path(model)) / "tokenizer.json"
    return file if file.is_file() else None


def build_embedder(
    model: str, models_dir: Path, *, device: str = "cpu", threads: int = 0
) -> Embedder:
    """Return the embedder for a model name or folder; convert the default model at first use.

    Raises ConfigurationError if the model is not on this machine.
    """
    if model.removeprefix("sentence-transformers/") == DEFAULT_MODEL:
        return OnnxEmbedder(ensure_onnx_model(models_dir), threads)
    embedder = SentenceTransformerEmbedder(model, device)
    logger.info("embedding model loaded model=%s dimension=%s", model, embedder.dimension)
    return embedder


def _load_sentence_transformer(model: str, device: str) -> SentenceTransformer:
    # Read when huggingface_hub is imported: without them it asks the hub even for local files.
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            model,
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise ConfigurationError(
            f"The embedding model {model} cannot be loaded on {device}. Nothing is downloaded: "
            "put its folder on this machine and set SANDBOX_EMBEDDINGS__MODEL to it; check "
            f"SANDBOX_EMBEDDINGS__DEVICE. ({type(error).__name__})"
        ) from error
