"""Provides the converted embedding model, converting it once for all processes of a machine.

The processor decides how many bits a weight has. Where it multiplies bytes in one instruction
(VNNI, and all of ARM) there are 8; elsewhere two products of bytes are added in 16 bits, which
overflows with 8-bit weights and cannot with 7 (docs/adr/0017).
"""

import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from core.errors import ConfigurationError
from core.models.weights import SHA256, find_weights

LEAST_COSINE = 0.97
_VERSION = "v3"  # raise it when the recipe changes
_SECONDS = 600
_PROCESSOR = Path("/proc/cpuinfo")
_REPOSITORY = Path(__file__).resolve().parents[2]

logger = logging.getLogger(__name__)


def onnx_folder(models_dir: Path) -> Path:
    """Return the folder of the converted model for this processor, which may not exist yet."""
    return models_dir / f"all-MiniLM-L6-v2-{SHA256[:12]}-{_VERSION}-{weight_bits()}bit"


def weight_bits(processor: Path = _PROCESSOR) -> int:
    """Return how many bits a weight may have without overflow on this processor; 7 if unknown."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return 8
    try:
        flags = processor.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return 7
    return 8 if {"avx512_vnni", "avx_vnni"} & set(flags) else 7


def ensure_onnx_model(models_dir: Path) -> Path:
    """Return the folder of the converted model; convert it first if it is missing (about 15 s).

    Two processes never convert at once, and a folder under the final name is always complete.
    Raises ConfigurationError if the weights are missing or wrong, or the conversion fails.
    """
    folder = onnx_folder(models_dir.resolve())
    if folder.is_dir():
        return folder
    models_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            _convert_into(folder)
    return folder


def check_manifest(folder: Path) -> None:
    """Raise ConfigurationError if the converted model lost too much against the original."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["cosine_min"] < LEAST_COSINE:
        raise ConfigurationError(
            f"The converted embedding model differs too much from the original (cosine "
            f"{manifest['cosine_min']}, at least {LEAST_COSINE} expected). Check the versions of "
            "torch, onnx and onnxruntime against requirements.txt."
        )
    logger.info(
        "embedding model converted cosine_mean=%s cosine_min=%s",
        manifest["cosine_mean"],
        manifest["cosine_min"],
    )


def _convert_into(folder: Path) -> None:
    source = find_weights()
    logger.info("converting the embedding model folder=%s", folder.name)
    draft = Path(tempfile.mkdtemp(prefix=".converting-", dir=folder.parent))
    try:
        _run_child(source, draft)
        check_manifest(draft)
        _share_like(folder.parent, draft)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _share_like(parent: Path, draft: Path) -> None:
    """Open the private model to others where the folder it lies in is open to them."""
    shared = parent.stat().st_mode & 0o055
    draft.chmod(0o700 | shared)
    for path in draft.iterdir():
        path.chmod(0o600 | (shared & 0o044))


def _run_child(source: Path, target: Path) -> None:
    """Convert in a process of its own, so that torch never enters this one."""
    command = [sys.executable, "-m", "core.models.onnx_conversion"]
    command += [str(source), str(target), str(weight_bits())]
    environment = os.environ | {"PYTHONPATH": str(_REPOSITORY), "PYTHONWARNINGS": "ignore"}
    try:
        subprocess.run(
            command,
            cwd=_REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigurationError(
            f"Converting the embedding model took longer than {_SECONDS} seconds."
        ) from error
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise ConfigurationError(f"Converting the embedding model failed: {reason}") from error
