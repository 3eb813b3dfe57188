"""The reader's network on NumPy: what is saved is what is read, and nothing else is."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.errors import ConfigError
from kb.nlp.reader.network import Network, gelu, sigmoid, softmax
from kb.nlp.reader.reader import Reader
from kb.nlp.reader.weights import as_kept, load_weights, save_weights
from kb.ontology.loader import load_ontology
from kb.settings import read_settings


def test_what_is_saved_is_read_back_and_twice_the_same(tmp_path: Path) -> None:
    weights = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.ones(2, dtype=np.float32)}
    save_weights(tmp_path / "one.npz", weights, {"types": ["met"], "least": 0.2})
    save_weights(tmp_path / "two.npz", dict(reversed(weights.items())), {"least": 0.2, "types": ["met"]})
    read, meta = load_weights(tmp_path / "one.npz")
    assert meta == {"types": ["met"], "least": 0.2}
    assert {name: array.tolist() for name, array in read.items()} == {n: a.tolist() for n, a in weights.items()}
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_large_matrices_are_kept_in_bytes_row_by_row(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    # Rows of very different size: one scale for all would wipe out the small ones.
    large = (chance.normal(size=(600, 300)) * np.logspace(-3, 2, 600)[:, None]).astype(np.float32)
    save_weights(tmp_path / "one.npz", {"large": large, "small": large[:2]}, {})
    read, _ = load_weights(tmp_path / "one.npz")
    assert (tmp_path / "one.npz").stat().st_size < 1.1 * large.size
    assert (np.abs(read["large"] - large).max(axis=1) <= np.abs(large).max(axis=1) / 250).all()
    assert np.array_equal(read["large"], as_kept({"large": large})["large"])


def test_a_pickle_is_no_network(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    with path.open("wb") as file:
        np.savez(file, meta=np.array([{"code": "run me"}], dtype=object))
    with pytest.raises(ConfigError, match="kb train"):
        load_weights(path)


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK\x03\x04broken"])
def test_a_broken_file_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_weights(path)
    assert "\n" not in caught.value.message


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kb train"):
        load_weights(tmp_path / "none.npz")


def test_weights_for_other_types_or_another_model_are_refused() -> None:
    ontology = load_ontology()
    fewer = dict(list(ontology.event_types.items())[:-1])
    with pytest.raises(ConfigError, match="other event types"):
        Reader.open(read_settings().reader_file, replace(ontology, event_types=fewer), "core_web_sm 3.8.0")
    with pytest.raises(ConfigError, match="KB_READER=rules"):
        Reader.open(read_settings().reader_file, ontology, "core_web_md 3.8.0")


def test_the_functions_are_the_mathematical_ones() -> None:
    x = np.linspace(-6, 6, 49, dtype=np.float32)
    exact = [0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()]
    assert np.abs(gelu(x) - np.array(exact)).max() < 2e-3
    assert np.allclose(sigmoid(x), [1 / (1 + math.exp(-v)) for v in x.tolist()], atol=1e-6)
    assert np.allclose(softmax(np.array([[1000.0, 0.0], [3.0, 3.0]], dtype=np.float32)), [[1, 0], [0.5, 0.5]])


def test_a_convolution_sees_the_neighbours_and_nothing_beyond_the_ends() -> None:
    identity = np.eye(2, dtype=np.float32)
    network = Network({"c.weight": np.stack([identity, 10 * identity, 100 * identity]), "c.bias": np.zeros(2, np.float32)})
    x = np.array([[1, 0], [2, 0], [3, 1]], dtype=np.float32)
    assert network.convolve("c", x).tolist() == [[210, 0], [321, 100], [32, 10]]
