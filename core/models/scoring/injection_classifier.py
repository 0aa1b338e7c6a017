"""Tells how likely a text is an order to a language model, with a classifier from this disk.

The folder holds `config.json` with the names of its classes, and either `model.onnx` with
`tokenizer.json`, or safetensors that transformers can load.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

HARMLESS = frozenset({"safe", "benign", "legit", "legitimate", "harmless", "clean", "negative"})
"""Names of the class of ordinary texts, in the models that are published."""
LONGEST_TOKENS = 512
AT_ONCE = 16
_HINT = (
    "Nothing is downloaded: put the folder of a classifier on this machine and set "
    "SANDBOX_INJECTION__MODEL to it, or leave the setting empty."
)


class _Model(Protocol):
    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of numbers for each text, one number for each class."""
        ...


class LocalInjectionClassifier:
    """An InjectionClassifier; loads at first use; thread-safe.

    Nothing is downloaded, no code of the model is run, and only ONNX and safetensors are read. A
    text is cut after 512 tokens.
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self._folder = folder
        self._device = device
        self._lock = threading.Lock()
        self._loaded: tuple[_Model, int] | None = None

    def probabilities(self, texts: Sequence[str]) -> list[float]:
        """Return for each text, in order, how likely it is not harmless.

        Raises ConfigurationError if the model cannot be loaded.
        """
        if not texts:
            return []
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._folder, self._device)
            model, harmless = self._loaded
            rows = [
                row
                for start in range(0, len(texts), AT_ONCE)
                for row in model.logits(texts[start : start + AT_ONCE])
            ]
        return [1.0 - float(_softmax(row)[harmless]) for row in rows]


class _OnnxModel:
    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.enable_padding()
        self._inputs = {each.name for each in self._session.get_inputs()}

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode_batch(list(texts))
        fields = {
            "input_ids": [each.ids for each in encoded],
            "attention_mask": [each.attention_mask for each in encoded],
            "token_type_ids": [each.type_ids for each in encoded],
        }
        known = {name: np.array(v, np.int64) for name, v in fields.items() if name in self._inputs}
        return np.asarray(self._session.run(None, known)[0], dtype=np.float32)


class _TorchModel:
    def __init__(self, folder: Path, device: str) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        kept: dict[str, Any] = {
            "local_files_only": True,
            "trust_remote_code": False,
        }  # Any: options
        self._tokenizer = AutoTokenizer.from_pretrained(folder, **kept)
        loaded = AutoModelForSequenceClassification.from_pretrained(
            folder, use_safetensors=True, **kept
        )
        self._model = loaded.to(device).eval()
        self._device = device

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        encoded = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=LONGEST_TOKENS,
            return_tensors="pt",
        ).to(self._device)
        with torch.no_grad():
            return np.asarray(self._model(**encoded).logits.float().cpu(), dtype=np.float32)


def _load(folder: Path, device: str) -> tuple[_Model, int]:
    # Read when huggingface_hub is imported: without them it asks the hub even for local files.
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    if not folder.is_dir():
        raise ConfigurationError(f"There is no injection classifier in {folder}. {_HINT}")
    harmless = _harmless_class(folder)
    try:
        is_onnx = (folder / "model.onnx").is_file()
        return (_OnnxModel(folder) if is_onnx else _TorchModel(folder, device)), harmless
    except Exception as error:  # onnxruntime and tokenizers raise plain Exceptions
        raise ConfigurationError(
            f"The injection classifier in {folder} cannot be loaded ({type(error).__name__}). "
            f"{_HINT}"
        ) from error


def _harmless_class(folder: Path) -> int:
    """Return the number of the class of ordinary texts; raise ConfigurationError without one."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        names = {int(number): str(name).lower() for number, name in config["id2label"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ConfigurationError(
            f"config.json of the injection classifier in {folder} does not name its classes. "
            f"{_HINT}"
        ) from error
    for number, name in names.items():
        if name in HARMLESS:
            return number
    raise ConfigurationError(
        f"The model in {folder} has no class for harmless texts, such as SAFE or BENIGN; its "
        f"classes are {', '.join(names.values())}. {_HINT}"
    )


def _softmax(row: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(row - row.max())
    return np.asarray(raised / raised.sum())
