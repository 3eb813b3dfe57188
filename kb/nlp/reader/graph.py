"""The encoder as an ONNX model, its matrices in whole numbers: a third of the time and a quarter of the memory of floats.

Only who builds one needs this module, and ONNX with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from kb.nlp.reader.row import Floats
from kb.nlp.reader.shape import HEADS, KINDS, PIECES, SHAPES, Shape

# Six bits and the sign, not seven: processors without VNNI add up two products in sixteen bits, which seven would overflow.
# So all compute the same. On 627 unseen exercises the large one's F1 of claims is .444 with six, .445 with seven, .446 in floats.
_MOST: Final = 63
# What is multiplied with them has eight bits without a sign: zero lies in the middle.
_MIDDLE: Final = 127
# Gelu is a node of its own from 20 on.
_OPSET: Final = 20
_IR: Final = 9
_RUNTIME: Final = "com.microsoft"


def build_graph(weights: Mapping[str, Floats], shape: Shape) -> bytes:
    """An ONNX model: `pieces` [n] and `shapes` [n], with distances `kinds` [n, n] too, to `vectors` [n, width]."""
    graph = _Graph(weights, shape)
    graph.add_layers()
    return graph.serialise()


def _make_whole(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """`matrix` [in, out] in whole numbers, and what each of its columns [out] was divided by."""
    scale = np.maximum(np.abs(matrix).max(axis=0), np.float32(1e-8)) / np.float32(_MOST)
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


class _Graph:
    """Collects the model's nodes; each method adds some and returns the name of what comes out."""

    def __init__(self, weights: Mapping[str, Floats], shape: Shape) -> None:
        self._weights = weights
        self._shape = shape
        self._width = weights["words"].shape[1]
        self._near = "distances" in weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def add_layers(self) -> None:
        """All of it, from pieces to vectors."""
        size = self._width // HEADS
        self._constant("scale", np.float32(1 / np.sqrt(size)))
        self._constant("apart", np.array([0, 3, HEADS, size], dtype=np.int64))
        self._constant("together", np.array([0, self._width], dtype=np.int64))
        self._constant("one", np.float32(1))
        self._constant("last", np.array([-1], dtype=np.int64))
        self._constant("share", np.float32(1 / _MIDDLE))
        self._constant("least", np.float32(1e-8))
        self._constant("middle", np.uint8(_MIDDLE + 1))
        for number, part in enumerate(("query", "key", "value")):
            self._constant(part, np.int64(number))
        if self._near:
            self._node("Gather", "near.rows", self._constant("distances"), KINDS)
            self._node("Transpose", "near", "near.rows", perm=[2, 0, 1])
        x = self._normal("start", self._embed())
        for layer in range(self._shape.layers):
            seen = self._linear(f"{layer}.out", self._attend(layer, x))
            x = self._normal(f"{layer}.attended", self._node("Add", f"{layer}.seen", x, seen))
            wide = self._node("Gelu", f"{layer}.gelu", self._linear(f"{layer}.wide", x), approximate="tanh")
            x = self._normal(f"{layer}.thought", self._node("Add", f"{layer}.both", x, self._linear(f"{layer}.narrow", wide)))
        self._node("Identity", "vectors", x)

    def serialise(self) -> bytes:
        """The model in ONNX's own format."""
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n"]) for name in (PIECES, SHAPES)]
        if self._near:
            inputs.append(helper.make_tensor_value_info(KINDS, TensorProto.INT64, ["n", "n"]))
        outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", self._width])]
        graph = helper.make_graph(self._nodes, "encoder", inputs, outputs, self._constants)
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME, 1)]
        content: bytes = helper.make_model(graph, opset_imports=domains, ir_version=_IR).SerializeToString()
        return content

    def _embed(self) -> str:
        self._node("Gather", "words.read", self._constant("words", self._weights["words"].astype(np.float16)), PIECES)
        self._node("Cast", "words.float", "words.read", to=TensorProto.FLOAT)
        self._node("Gather", "shapes.read", self._constant("shapes.table", self._weights["shapes"]), SHAPES)
        self._node("Add", "embedded.words", "words.float", "shapes.read")
        self._node("Shape", "length", PIECES)
        self._constant("none", np.array([0], dtype=np.int64))
        self._node("Slice", "places.read", self._constant("places"), "none", "length", "none")
        return self._node("Add", "embedded", "embedded.words", "places.read")

    def _attend(self, layer: int, x: str) -> str:
        asked = self._node("Reshape", f"{layer}.apart", self._linear(f"{layer}.ask", x), "apart")
        heads = self._node("Transpose", f"{layer}.heads", asked, perm=[1, 2, 0, 3])
        query, key, value = (self._node("Gather", f"{layer}.{part}", heads, part, axis=0) for part in ("query", "key", "value"))
        turned = self._node("Transpose", f"{layer}.turned", key, perm=[0, 2, 1])
        likeness = self._node("Mul", f"{layer}.scaled", self._node("MatMul", f"{layer}.alike", query, turned), "scale")
        if self._near:
            likeness = self._node("Add", f"{layer}.nearer", likeness, "near")
        shares = self._node("Softmax", f"{layer}.shares", likeness, axis=-1)
        mixed = self._node("MatMul", f"{layer}.mixed", shares, value)
        seen = self._node("Transpose", f"{layer}.pieces", mixed, perm=[1, 0, 2])
        return self._node("Reshape", f"{layer}.together", seen, "together")

    def _linear(self, name: str, x: str) -> str:
        """x @ weight + bias in whole numbers: each row of x by a scale of its own, each column of the weight by its own."""
        whole, scale = _make_whole(self._weights[f"{name}.weight"])
        matrix = (self._constant(f"{name}.whole", whole), "one", self._constant(f"{name}.scale", scale), "middle")
        # One scale for all rows would be that of begin and end marks, whose numbers are many times those of words.
        largest = self._node("ReduceMax", f"{name}.largest", self._node("Abs", f"{name}.sizes", x), "last", keepdims=1)
        step = self._node("Max", f"{name}.step", self._node("Mul", f"{name}.fraction", largest, "share"), "least")
        steps = self._node("Squeeze", f"{name}.steps", step, "last")
        middles = self._node("Expand", f"{name}.middles", "middle", self._node("Shape", f"{name}.rows", steps))
        rounded = self._node("QuantizeLinear", f"{name}.rounded", x, steps, middles, axis=0)
        product = self._node("MatMulIntegerToFloat", f"{name}.product", rounded, *matrix, domain=_RUNTIME)
        scaled = self._node("Mul", f"{name}.scaled", product, step)
        return self._node("Add", f"{name}.linear", scaled, self._constant(f"{name}.bias"))

    def _normal(self, name: str, x: str) -> str:
        parts = (self._constant(f"{name}.weight"), self._constant(f"{name}.bias"))
        return self._node("LayerNormalization", f"{name}.normal", x, *parts, axis=-1, epsilon=self._shape.norm_epsilon)

    def _constant(self, name: str, array: NDArray[np.generic] | np.generic | None = None) -> str:
        """By the name of its weights where no `array` is given."""
        content = self._weights[name] if array is None else array
        self._constants.append(numpy_helper.from_array(np.array(content, order="C"), name))
        return name

    def _node(self, kind: str, name: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **attributes))
        return name
