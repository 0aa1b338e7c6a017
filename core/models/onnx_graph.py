"""The encoder of all-MiniLM-L6-v2 as an ONNX graph, built directly from its weights.

Exporters spell the model out in small operations that onnxruntime recognises only in part. Written
by hand it has 13 operations per layer: query, key and value in one product, attention in one
operation without a mask (texts are run one at a time, without padding), and the weights of all
products in bytes with one scale per column, which is folded into the product together with the
bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import ModelProto

    from core.domain.ports import Vectors

    Weights = Mapping[str, Vectors]

LAYERS, HEADS, DIMENSION = 6, 12, 384
INPUT, OUTPUT = "input_ids", "last_hidden_state"
_EPSILON = 1e-12  # layer_norm_eps of the model's config.json
_CONTRIBUTED = "com.microsoft"
_OPSET, _IR_VERSION = 18, 10


def encoder(
    weights: Weights,
    bits: int | None = None,
    *,
    largest: Sequence[Vectors] = (),
    is_watched: bool = False,
) -> ModelProto:
    """Build a model that takes token ids (1, tokens) and returns token vectors (1, tokens, 384).

    `bits` is the size of quantised weights, None for 32-bit floats. A watched model also returns
    what its balanced products read, 12 arrays (1, tokens, 384); `largest` are the largest values
    seen there, each (384,), see `balance`.
    """
    graph = _Graph(bits, largest)
    hidden = _embeddings(graph, weights)
    for number in range(LAYERS):
        hidden = _layer(graph, weights, f"encoder.layer.{number}.", hidden)
    return graph.model(hidden, graph.watched if is_watched else ())


def balance(largest: Vectors, matrix: Vectors) -> Vectors:
    """Return factors (n,) that move half the spread of a product's inputs into its weights.

    Some inputs are 20 times as large as the others and would leave those few of the 8 bits that all
    inputs share. Xiao et al., SmoothQuant (2023), arXiv 2211.10438, equation 4 with alpha = 0.5.
    """
    inputs, columns = np.maximum(largest, 1e-5), np.maximum(np.abs(matrix).max(axis=0), 1e-5)
    factors: Vectors = np.sqrt(inputs / columns).astype(np.float32)
    return factors


def quantized(matrix: Vectors, bits: int, axis: int) -> tuple[NDArray[np.int8], Vectors]:
    """Return integers of `bits` bits, and the factors along `axis` that restore the values."""
    largest = 2 ** (bits - 1) - 1
    scales = np.maximum(np.abs(matrix).max(axis=axis) / largest, 1e-9).astype(np.float32)
    return np.rint(matrix / np.expand_dims(scales, axis)).astype(np.int8), scales


def _embeddings(graph: _Graph, weights: Weights) -> str:
    positions = weights["embeddings.position_embeddings.weight"]
    first_kind = weights["embeddings.token_type_embeddings.weight"][0]
    zero = graph.constant(np.array([0]))
    count = graph.add("Shape", INPUT, start=1, end=2)
    position = graph.add("Slice", graph.constant(positions + first_kind), zero, count, zero)
    words = _words(graph, weights["embeddings.word_embeddings.weight"])
    return _normalized(graph, weights, "embeddings.LayerNorm", words, position)


def _words(graph: _Graph, table: Vectors) -> str:
    if graph.bits is None:
        return graph.add("Gather", graph.constant(table), INPUT)
    values, scales = quantized(table, 8, axis=1)
    rows = graph.add("Gather", graph.constant(values), INPUT)
    row_scales = graph.add("Gather", graph.constant(scales[:, None]), INPUT)
    return graph.add("Mul", graph.add("Cast", rows, to=TensorProto.FLOAT), row_scales)


def _layer(graph: _Graph, weights: Weights, layer: str, hidden: str) -> str:
    inner = [f"{layer}attention.self.{name}" for name in ("query", "key", "value")]
    three = graph.product(
        hidden,
        np.concatenate([weights[f"{name}.weight"] for name in inner]),
        np.concatenate([weights[f"{name}.bias"] for name in inner]),
        is_balanced=True,
    )
    parts = graph.add_split(three, len(inner))
    attention = graph.add("MultiHeadAttention", *parts, domain=_CONTRIBUTED, num_heads=HEADS)
    attention = _linear(graph, weights, f"{layer}attention.output.dense", attention)
    hidden = _normalized(graph, weights, f"{layer}attention.output.LayerNorm", attention, hidden)
    wide = _linear(graph, weights, f"{layer}intermediate.dense", hidden, is_balanced=True)
    wide = graph.add("Gelu", wide, domain=_CONTRIBUTED)
    narrow = _linear(graph, weights, f"{layer}output.dense", wide)
    return _normalized(graph, weights, f"{layer}output.LayerNorm", narrow, hidden)


def _linear(
    graph: _Graph, weights: Weights, name: str, hidden: str, *, is_balanced: bool = False
) -> str:
    matrix, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return graph.product(hidden, matrix, bias, is_balanced=is_balanced)


def _normalized(graph: _Graph, weights: Weights, name: str, first: str, second: str) -> str:
    # Not SkipLayerNormalization, which does both: it took 16 times as long in onnxruntime 1.31.
    scale, shift = (graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    total = graph.add("Add", first, second)
    return graph.add("LayerNormalization", total, scale, shift, axis=-1, epsilon=_EPSILON)


class _Graph:
    """Operations and constants of a model under construction; values are referred to by name."""

    def __init__(self, bits: int | None, largest: Sequence[Vectors] = ()) -> None:
        self.bits = bits
        self.watched: list[str] = []
        self._largest = largest
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, values: NDArray[np.generic]) -> str:
        """Return the name of an array."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(
        self, operation: str, *inputs: str, domain: str = "", **attributes: float | int | str
    ) -> str:
        """Add an operation; return the name of its result."""
        name = f"value_{len(self._nodes)}"
        node = helper.make_node(operation, list(inputs), [name], domain=domain)
        node.attribute.extend(helper.make_attribute(*item) for item in attributes.items())
        self._nodes.append(node)
        return name

    def add_split(self, value: str, count: int) -> Sequence[str]:
        """Split a value into equal parts along the last axis; return their names."""
        names = [f"{value}_{number}" for number in range(count)]
        node = helper.make_node("Split", [value], names, axis=-1, num_outputs=count)
        self._nodes.append(node)
        return names

    def product(
        self, hidden: str, matrix: Vectors, bias: Vectors, *, is_balanced: bool = False
    ) -> str:
        """Add hidden · matrixᵀ + bias, with weights as a linear layer stores them.

        Returns the name of the result.
        """
        if is_balanced:
            self.watched.append(hidden)
        if is_balanced and self._largest:
            factors = balance(self._largest[len(self.watched) - 1], matrix)
            hidden, matrix = self.add("Div", hidden, self.constant(factors)), matrix * factors
        if self.bits is None:
            product = self.add("MatMul", hidden, self.constant(matrix.T))
            return self.add("Add", product, self.constant(bias))
        values, scales = quantized(matrix.T, self.bits, axis=0)
        inputs = (self.constant(values), self.constant(scales), "", self.constant(bias))
        return self.add("DynamicQuantizeMatMul", hidden, *inputs, domain=_CONTRIBUTED)

    def model(self, result: str, watched: Sequence[str]) -> ModelProto:
        """Return the finished model, whose outputs are the result and then what is watched."""
        self._nodes.append(helper.make_node("Identity", [result], [OUTPUT]))
        ids = helper.make_tensor_value_info(INPUT, TensorProto.INT64, [1, "tokens"])
        shape: list[str | int | None] = [1, "tokens", DIMENSION]
        vectors = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name in (OUTPUT, *watched)
        ]
        graph = helper.make_graph(self._nodes, "encoder", [ids], vectors, self._constants)
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIBUTED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=_IR_VERSION)
