"""Converts sentence-transformers weights to an ONNX model for the processor, in a child process.

Run as `python -m core.models.onnx_conversion SOURCE TARGET`; only this process imports torch.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.models.weights import SHA256, verify

if TYPE_CHECKING:
    from core.domain.ports import Vectors

REFERENCE_SENTENCES = (
    "How many days of annual leave do I have?",
    "Employees may carry over up to five unused days until 31 March.",
    "The forklift must be inspected every twelve months by a qualified person.",
    "Travel expenses are reimbursed within ten working days.",
    "Wie melde ich mich krank?",
    "Die Kündigungsfrist beträgt drei Monate zum Quartalsende.",
    "Invoice",
    "VPN access is requested through the service desk and approved by the line manager.",
    "Dangerous goods of class 3 may not be stored together with class 5.1.",
    "What should I do if the fire alarm rings?",
    "The warehouse in Hamburg handles 14,500 pallets a month.",
    "Passwords have at least twelve characters and are never shared.",
    "Quarterly revenue rose by 4.2 percent to 38.7 million euros.",
    "Please scan the container number before loading.",
    "Remote work is possible on up to three days a week after agreement with the team.",
    "A customs declaration needs the commercial invoice, the packing list and the EORI number.",
    "The driver checks tyres, lights and load securing before every departure and records the "
    "result in the vehicle log, which is kept for two years.",
    "Who approves a purchase above 10,000 euros?",
    "Personal data is deleted as soon as the purpose has ended and no retention duty applies.",
    "def total(values): return sum(values)",
)
_LIBRARIES = ("torch", "transformers", "onnx", "onnxscript", "onnxruntime", "tokenizers")
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def convert(source: Path, target: Path) -> None:
    """Writes model.onnx (int8), tokenizer.json and manifest.json to the folder `target`."""
    reference = export_reference(source, target / "fp32.onnx")
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    _quantize(target / "fp32.onnx", target / "model.onnx")
    (target / "fp32.onnx").unlink()
    cosines = _cosines(reference, target)
    manifest = {
        "model": "all-MiniLM-L6-v2",
        "source_sha256": SHA256,
        "precision": "int8",
        "libraries": {name: version(name) for name in _LIBRARIES},
        "sentences": len(REFERENCE_SENTENCES),
        "cosine_mean": round(sum(cosines) / len(cosines), 5),
        "cosine_min": round(min(cosines), 5),
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def export_reference(source: Path, target: Path) -> Vectors:
    """Exports the transformer as fp32 ONNX; returns the reference vectors of the sentences."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    model = AutoModel.from_pretrained(
        source, attn_implementation="eager", local_files_only=True, use_safetensors=True
    ).eval()
    batch = tokenizer(
        list(REFERENCE_SENTENCES),
        padding="longest",
        truncation=True,
        max_length=256,
        return_tensors="pt",
    )
    with torch.inference_mode():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"][:, :, None].float()
    pooled = (hidden * mask).sum(1) / mask.sum(1)
    _export(model, batch, target)
    vectors: Vectors = torch.nn.functional.normalize(pooled).numpy()
    return vectors


def _export(model: Any, batch: Any, target: Path) -> None:  # Any: transformers has no types
    import torch

    axes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("tokens", min=2, max=512)}
    torch.onnx.export(
        model,
        kwargs={name: batch[name] for name in _INPUTS},
        f=str(target),
        input_names=list(_INPUTS),
        output_names=["last_hidden_state", "pooler_output"],
        dynamic_shapes=dict.fromkeys(_INPUTS, axes),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _quantize(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)


def _cosines(reference: Vectors, folder: Path) -> list[float]:
    from core.models.embeddings import OnnxEmbedder

    found = OnnxEmbedder(folder).embed_passages(REFERENCE_SENTENCES)
    return [float(value) for value in (reference * found).sum(axis=1)]


def main(arguments: Sequence[str]) -> None:
    """Command line entry: SOURCE folder, TARGET folder (must exist)."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    warnings.simplefilter("ignore")  # the exporters warn about their own deprecations
    logging.disable(logging.WARNING)
    source, target = arguments
    verify(Path(source) / "model.safetensors")
    convert(Path(source), Path(target))


if __name__ == "__main__":
    main(sys.argv[1:])
