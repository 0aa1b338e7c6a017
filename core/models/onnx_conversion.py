"""Converts sentence-transformers weights to an ONNX model for the processor, in a child process.

Run as `python -m core.models.onnx_conversion SOURCE TARGET BITS`; only this process imports torch,
to compare the result with what sentence-transformers makes of the same weights.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from core.models.onnx_graph import INPUT, encoder
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
_LIBRARIES = (
    "sentence-transformers",
    "torch",
    "transformers",
    "onnx",
    "onnxruntime",
    "tokenizers",
)


def convert(source: Path, target: Path, bits: int) -> None:
    """Write model.onnx (weights of `bits` bits), tokenizer.json and manifest.json to `target`."""
    write_model(source, target, bits)
    cosines = _cosines(_reference(source), target)
    manifest = {
        "model": "all-MiniLM-L6-v2",
        "source_sha256": SHA256,
        "bits": bits,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "sentences": len(REFERENCE_SENTENCES),
        "cosine_mean": round(sum(cosines) / len(cosines), 5),
        "cosine_min": round(min(cosines), 5),
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def write_model(source: Path, target: Path, bits: int | None) -> None:
    """Write model.onnx and tokenizer.json to `target`; without `bits` in 32-bit floats."""
    import onnx
    from safetensors.numpy import load_file

    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    weights = load_file(source / "model.safetensors")
    largest = _largest_inputs(weights, target / "tokenizer.json") if bits else []
    onnx.save(encoder(weights, bits, largest=largest), target / "model.onnx")


def _largest_inputs(weights: dict[str, Vectors], tokenizer_file: Path) -> list[Vectors]:
    """Return the largest inputs of the balanced products for the sentences, each (384,)."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    model = encoder(weights, is_watched=True).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    inputs = [
        session.run(None, {INPUT: np.array([tokenizer.encode(sentence).ids])})[1:]
        for sentence in REFERENCE_SENTENCES
    ]
    return [
        np.abs(np.concatenate(values, axis=1)[0]).max(axis=0)
        for values in zip(*inputs, strict=True)
    ]


def _reference(source: Path) -> Vectors:
    """Return the vectors of the sentences by sentence-transformers, in 32-bit floats."""
    from core.models.embeddings import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(str(source)).embed_passages(REFERENCE_SENTENCES)


def _cosines(reference: Vectors, folder: Path) -> list[float]:
    from core.models.embeddings import OnnxEmbedder

    vectors = OnnxEmbedder(folder).embed_passages(REFERENCE_SENTENCES)
    return [float(value) for value in (reference * vectors).sum(axis=1)]


def main(arguments: Sequence[str]) -> None:
    """Convert the weights in SOURCE into the existing folder TARGET, with BITS per weight."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    source, target, bits = arguments
    verify(Path(source) / "model.safetensors")
    convert(Path(source), Path(target), int(bits))


if __name__ == "__main__":
    main(sys.argv[1:])
