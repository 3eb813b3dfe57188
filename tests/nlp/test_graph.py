"""The encoder that ONNX Runtime runs against the same layers written out on plain NumPy, in floats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pytest

from kb.nlp.pipeline import parse
from kb.nlp.reader.encoder import Encoder, find_distances, list_windows
from kb.nlp.reader.graph import build_graph
from kb.nlp.reader.network import gelu, softmax
from kb.nlp.reader.pieces import BEGIN, END, UNKNOWN, Pieces
from kb.nlp.reader.row import SHAPES, Floats, Numbers, Row
from kb.nlp.reader.shape import DISTANCES, HEADS, LARGE, MINI, VERSION, Shape
from tests.reading import make_article, open_extractor

WIDTH = 48
VOCABULARY = ("[PAD]", UNKNOWN, BEGIN, END, *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"), ".")
TEXT = "Norland met Sudmark. It rained on Monday. " * 12


def make_weights(shape: Shape) -> dict[str, Floats]:
    """Untrained weights of a narrow encoder."""
    chance = np.random.default_rng(3)
    sizes: dict[str, tuple[int, ...]] = {"words": (len(VOCABULARY), WIDTH), "places": (512, WIDTH), "shapes": (SHAPES, WIDTH)}
    for layer in range(shape.layers):
        for name, rows, columns in (("ask", 1, 3), ("out", 1, 1), ("wide", 1, 4), ("narrow", 4, 1)):
            sizes[f"{layer}.{name}.weight"] = (rows * WIDTH, columns * WIDTH)
            sizes[f"{layer}.{name}.bias"] = (columns * WIDTH,)
    if shape == LARGE:
        sizes["distances"] = (DISTANCES, HEADS)
    weights = {name: chance.normal(0, 0.3, size).astype(np.float32) for name, size in sizes.items()}
    norms = ["start", *(f"{layer}.{name}" for layer in range(shape.layers) for name in ("attended", "thought"))]
    for name in norms:
        weights[f"{name}.weight"] = chance.normal(1, 0.1, WIDTH).astype(np.float32)
        weights[f"{name}.bias"] = chance.normal(0, 0.1, WIDTH).astype(np.float32)
    return weights


def read(weights: Mapping[str, Floats], shape: Shape, pieces: Numbers, shapes: Numbers) -> Floats:
    """What the encoder is to compute."""

    def linear(name: str, x: Floats) -> Floats:
        result: Floats = x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return result

    def normal(name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + shape.norm_epsilon)
        result: Floats = scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return result

    length = len(pieces)
    near = weights["distances"][find_distances(length)].transpose(2, 0, 1) if "distances" in weights else np.float32(0)
    x = normal("start", weights["words"][pieces] + weights["places"][:length] + weights["shapes"][shapes])
    for layer in range(shape.layers):
        query, key, value = linear(f"{layer}.ask", x).reshape(length, 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3)
        shares = softmax(query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(WIDTH // HEADS)) + near)
        seen = (shares @ value).transpose(1, 0, 2).reshape(length, WIDTH)
        x = normal(f"{layer}.attended", x + linear(f"{layer}.out", seen))
        x = normal(f"{layer}.thought", x + linear(f"{layer}.narrow", gelu(linear(f"{layer}.wide", x))))
    return x


@pytest.mark.parametrize("shape", [MINI, LARGE])
def test_whole_numbers_read_nearly_what_floats_do(shape: Shape) -> None:
    weights = make_weights(shape)
    pieces = Pieces(VOCABULARY)
    row = Row.of(parse(open_extractor().nlp, make_article(TEXT)))
    vectors = Encoder(build_graph(weights, shape), pieces).vectors(row)
    assert vectors.shape == (len(row), WIDTH)
    windows = list_windows(row, pieces)
    assert len(windows) > 1
    for window in windows:
        wanted = read(weights, shape, window.pieces, window.shapes)[window.first]
        assert np.corrcoef(vectors[window.words].ravel(), wanted.ravel())[0, 1] > 0.995


def test_a_model_that_is_built_otherwise_has_another_version() -> None:
    """Kept models would not be built anew: who changes what is built counts VERSION up, and sets its checksum here."""
    weights = {name: np.ones_like(array) for name, array in make_weights(MINI).items()}
    assert (VERSION, hashlib.sha256(build_graph(weights, MINI)).hexdigest()[:12]) == (1, "62d54fba142e")
