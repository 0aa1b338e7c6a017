"""The hand-written graph of the embedding model: the same model as the original, in fewer bits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.models.onnx_graph import balance, quantized


@given(
    matrix=arrays(np.float32, (5, 4), elements=st.floats(-100, 100, width=32)),
    bits=st.sampled_from([7, 8]),
    axis=st.sampled_from([0, 1]),
)
def test_quantised_weights_are_off_by_half_a_step_at_most(
    matrix: np.ndarray, bits: int, axis: int
) -> None:
    values, scales = quantized(matrix, bits, axis)

    step = np.expand_dims(scales, axis)
    assert np.abs(values).max() < 2 ** (bits - 1)
    assert (np.abs(values * step - matrix) <= step * 0.501).all()


def test_two_products_of_seven_bits_fit_into_sixteen() -> None:
    largest = np.array([[1.0], [-1.0]], dtype=np.float32)

    values, _ = quantized(largest, 7, 0)

    assert 2 * 255 * int(np.abs(values).max()) < 2**15


def test_balancing_halves_the_spread_of_inputs_and_keeps_the_product() -> None:
    inputs = np.array([[1.0, 100.0]], dtype=np.float32)
    matrix = np.array([[1.0, 1.0], [-0.5, 1.0]], dtype=np.float32)

    factors = balance(inputs[0], matrix)

    assert np.allclose(inputs / factors, [[1.0, 10.0]])
    assert np.allclose((inputs / factors) @ (matrix * factors).T, inputs @ matrix.T)


def test_without_quantisation_the_graph_gives_the_vectors_of_the_original() -> None:
    cosines = _cosines_of_the_unquantised_graph()

    assert min(cosines) > 0.99999


def _cosines_of_the_unquantised_graph() -> list[float]:
    """In a process of its own, so that torch does not stay in this one."""
    root = Path(__file__).parents[2]
    code = (
        "import json, onnxruntime\n"
        "import numpy as np\n"
        "from safetensors.numpy import load_file\n"
        "from tokenizers import Tokenizer\n"
        "from core.models.onnx_conversion import REFERENCE_SENTENCES, _reference\n"
        "from core.models.onnx_graph import encoder\n"
        "from core.models.weights import find_weights\n"
        "source = find_weights()\n"
        "graph = encoder(load_file(source / 'model.safetensors')).SerializeToString()\n"
        "session = onnxruntime.InferenceSession(graph, providers=['CPUExecutionProvider'])\n"
        "tokenizer = Tokenizer.from_file(str(source / 'tokenizer.json'))\n"
        "tokenizer.no_padding()\n"
        "cosines = []\n"
        "for text, wanted in zip(REFERENCE_SENTENCES, _reference(source)):\n"
        "    ids = np.array([tokenizer.encode(text).ids])\n"
        "    found = session.run(None, {'input_ids': ids})[0][0].mean(axis=0)\n"
        "    cosines.append(float(found @ wanted / np.linalg.norm(found)))\n"
        "print(json.dumps(cosines))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found
