"""Loads a cross-encoder, which reads two texts together, from this machine's disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


def load_cross_encoder(folder: Path, device: str, *, name: str, hint: str) -> CrossEncoder:
    """Load sentence-transformers' CrossEncoder, set to return logits.

    Nothing is downloaded, no code of the model is run, and only safetensors weights are read.
    Raises ConfigurationError, which calls the model by `name` and ends with `hint`.
    """
    # Read when huggingface_hub is imported: without them it asks the hub even for local files.
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    if not folder.is_dir():
        raise ConfigurationError(f"There is no {name} in {folder}. {hint}")
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            activation_fn=Identity(),
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise ConfigurationError(
            f"The {name} in {folder} cannot be loaded ({type(error).__name__}). {hint}"
        ) from error
    return model
