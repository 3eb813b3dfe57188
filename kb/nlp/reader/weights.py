"""Weights in a file: an .npz read without pickle, small numbers for what may be coarse, and the notes that training left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from kb.errors import ConfigError
from kb.nlp.reader.row import Floats

_META: Final = "meta"
_SCALE: Final = ".scale"
# Matrices from this size on (only an encoder has them) are kept in bytes, each row with its own scale: a quarter of the size, and
# what it reads on unseen articles stays the same to three digits. All else is kept in half precision.
_LARGE: Final = 150_000
_BYTE: Final = 127


def save_weights(path: Path, weights: Mapping[str, Floats], meta: Mapping[str, object]) -> None:
    """Write `weights` with `meta`; the same input gives the same bytes."""
    arrays = _pack(weights)
    note = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **{_META: note}, **{name: arrays[name] for name in sorted(arrays)})


def load_weights(path: Path) -> tuple[Mapping[str, Floats], Mapping[str, object]]:
    """The weights saved at `path` and their notes; raises ConfigError where the file is missing or something else."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            meta = json.loads(bytes(arrays[_META]).decode())
            weights = _unpack({name: arrays[name] for name in arrays.files if name != _META})
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, BadZipFile) as error:
        raise ConfigError(f"the reader's weights {path.name} cannot be read: {error}; train them with `kb train`") from error
    return weights, meta


def as_kept(weights: Mapping[str, Floats]) -> Mapping[str, Floats]:
    """The weights as they will be read back."""
    return _unpack(_pack(weights))


def _pack(weights: Mapping[str, Floats]) -> dict[str, NDArray[np.generic]]:
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, array in weights.items():
        if array.ndim == 2 and array.size >= _LARGE:
            scale = np.maximum(np.abs(array).max(axis=1, keepdims=True), np.float32(1e-8)) / np.float32(_BYTE)
            arrays[name] = np.rint(array / scale).astype(np.int8)
            arrays[f"{name}{_SCALE}"] = scale.astype(np.float32)
        else:
            arrays[name] = np.asarray(array, dtype=np.float16)
    return arrays


def _unpack(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, Floats]:
    weights: dict[str, Floats] = {}
    for name, array in arrays.items():
        if name.endswith(_SCALE):
            continue
        weights[name] = array.astype(np.float32)
        if array.dtype == np.int8:
            weights[name] *= arrays[f"{name}{_SCALE}"].astype(np.float32)
    return weights
