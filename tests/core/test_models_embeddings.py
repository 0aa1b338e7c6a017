"""The embedding model on the processor: as close to the original as promised, without torch."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigurationError
from core.models.embeddings import OnnxEmbedder, SentenceTransformerEmbedder, build_embedder
from core.models.onnx_model import check_manifest, ensure_onnx_model, onnx_folder, weight_bits
from core.models.weights import find_weights, verify

REPOSITORY = Path(__file__).parents[2]
SENTENCES = [
    "How many days of annual leave do I have?",
    "Die Kündigungsfrist beträgt drei Monate.",
    "The forklift is inspected every twelve months by a qualified person.",
    "Invoice 4711",
    "Dangerous goods of class 3 may not be stored together with class 5.1. " * 30,
]
REFERENCE = """
import json, sys
from core.models.embeddings import SentenceTransformerEmbedder
embedder = SentenceTransformerEmbedder(sys.argv[1])
texts = json.load(sys.stdin)
passages = embedder.embed_passages(texts)
assert embedder.embed_passages([]).shape == (0, 384)
assert embedder.count_tokens("annual leave") == 2
assert abs(passages[0] - embedder.embed_query(texts[0])).max() < 1e-4
print(json.dumps(passages.tolist()))
"""


def run_python(code: str, *arguments: str, text: str = "") -> str:
    """Runs code in a process of its own and returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=text,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_vectors_agree_with_the_original_model(embedder: OnnxEmbedder) -> None:
    printed = run_python(REFERENCE, str(find_weights()), text=json.dumps(SENTENCES))
    reference = np.array(json.loads(printed.splitlines()[-1]), dtype=np.float32)

    cosines = (reference * embedder.embed_passages(SENTENCES)).sum(axis=1)

    assert cosines.min() >= 0.97


def test_torch_never_enters_the_serving_process(models_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from core.models.embeddings import build_embedder\n"
        "build_embedder('all-MiniLM-L6-v2', Path(sys.argv[1])).embed_query('leave')\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'onnx')"
        " if m in sys.modules])"
    )

    assert run_python(code, str(models_dir)).strip() == "[]"


def test_no_text_gives_an_empty_array(embedder: OnnxEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_vectors_have_length_one_even_for_an_empty_text(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed_passages(["", "leave", "\n", "x" * 5000])

    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(lengths=st.lists(st.integers(0, 300), min_size=1, max_size=8))
def test_a_text_has_one_vector_whatever_it_is_embedded_with(
    embedder: OnnxEmbedder, lengths: list[int]
) -> None:
    texts = [f"passage {number} " + "cargo " * length for number, length in enumerate(lengths)]

    together = embedder.embed_passages(texts)

    alone = np.stack([embedder.embed_passages([text])[0] for text in texts])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_do_not_change_order_or_vectors(embedder: OnnxEmbedder, threads: int) -> None:
    texts = [f"{number} pallets " * number for number in range(1, 12)]
    spans = [[(0, len(text))] for text in texts]

    found = OnnxEmbedder(embedder.folder, threads).embed_with_sentences(texts, spans)

    assert np.array_equal(found.passages, embedder.embed_passages(texts))
    assert [len(vectors) for vectors in found.sentences] == [1] * len(texts)


def test_a_query_is_the_same_vector_from_the_cache(embedder: OnnxEmbedder) -> None:
    first = embedder.embed_query("annual leave")
    first[:] = 0

    assert np.linalg.norm(embedder.embed_query("annual leave")) == pytest.approx(1, abs=1e-5)


def test_many_threads_get_the_vectors_of_one(embedder: OnnxEmbedder) -> None:
    fresh = OnnxEmbedder(embedder.folder)
    texts = [f"question number {number}" for number in range(16)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(fresh.embed_query, texts))

    assert np.allclose(found, [embedder.embed_query(text) for text in texts], atol=1e-5)


def test_tokens_are_counted_without_a_limit(embedder: OnnxEmbedder) -> None:
    assert embedder.count_tokens("annual leave") == 2
    assert embedder.count_tokens("leave " * 1000) == 1000


def test_the_manifest_names_source_versions_and_accuracy(embedder: OnnxEmbedder) -> None:
    manifest = json.loads((embedder.folder / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["source_sha256"].startswith("53aa51172d14")
    assert manifest["cosine_min"] >= 0.97
    assert set(manifest["libraries"]) >= {"sentence-transformers", "torch", "onnxruntime"}


def test_an_inaccurate_conversion_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"cosine_min": 0.96, "cosine_mean": 0.98}')

    with pytest.raises(ConfigurationError, match=r"0\.96"):
        check_manifest(tmp_path)


@pytest.mark.parametrize(
    ("flags", "bits"),
    [("sse4_2 avx2 fma", 7), ("avx2 avx512_vnni amx_int8", 8), ("avx2 avx_vnni", 8), ("", 7)],
)
def test_weights_have_as_many_bits_as_the_processor_multiplies_without_overflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, bits: int
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : {flags}\n")

    assert weight_bits(tmp_path / "cpuinfo") == bits


def test_an_unknown_processor_gets_the_weights_that_no_processor_overflows_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "AMD64")

    assert weight_bits(tmp_path / "nowhere") == 7


def test_a_converted_model_is_not_converted_again(tmp_path: Path) -> None:
    onnx_folder(tmp_path).mkdir()

    assert ensure_onnx_model(tmp_path) == onnx_folder(tmp_path)


def test_a_failed_conversion_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.onnx_model.find_weights", lambda: tmp_path / "nowhere")

    with pytest.raises(ConfigurationError, match="failed"):
        ensure_onnx_model(tmp_path / "models")

    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_weights_that_are_not_the_official_ones_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"something else")

    with pytest.raises(ConfigurationError, match="not the official one"):
        verify(weights)


def test_missing_weights_are_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        verify(tmp_path / "model.safetensors")


def test_a_broken_model_folder_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="rebuilt"):
        OnnxEmbedder(tmp_path).embed_query("leave")


def test_a_model_that_is_not_on_disk_is_a_configuration_error(models_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from core.errors import ConfigurationError\n"
        "from core.models.embeddings import build_embedder\n"
        "try:\n    build_embedder('acme/no-such-model', Path(sys.argv[1]))\n"
        "except ConfigurationError as error:\n    print(error)"
    )

    assert "SANDBOX_EMBEDDINGS__MODEL" in run_python(code, str(models_dir))


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_the_default_model_runs_on_the_processor(models_dir: Path, name: str) -> None:
    assert isinstance(build_embedder(name, models_dir, device="cuda"), OnnxEmbedder)


def test_any_other_model_is_loaded_only_when_used() -> None:
    embedder = SentenceTransformerEmbedder("acme/no-such-model")

    assert embedder.name == "acme/no-such-model"
    assert "torch" not in sys.modules
