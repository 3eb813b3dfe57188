"""Tuning and reading compute the same: PyTorch's encoder against ONNX Runtime's, on whatever base model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="only `kb train` needs PyTorch: pip install 'kb[train]'")

from safetensors.torch import save_file  # noqa: E402

from kb.errors import UsageError  # noqa: E402
from kb.learn.bases import open_model, open_tuned  # noqa: E402
from kb.learn.encoder import EncoderModel, read_vocabulary  # noqa: E402
from kb.learn.large import LargeModel  # noqa: E402
from kb.nlp.pipeline import parse  # noqa: E402
from kb.nlp.reader.encoder import list_windows  # noqa: E402
from kb.nlp.reader.pieces import Pieces  # noqa: E402
from kb.nlp.reader.row import Row  # noqa: E402
from kb.nlp.reader.shape import DISTANCES, HEADS, LARGE, MINI  # noqa: E402
from tests.reading import make_article, open_extractor  # noqa: E402

WIDTH = 24
LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", ",", *LETTERS, *(f"##{c}" for c in LETTERS)]


def lay(text: str) -> Row:
    """The row of a text's tokens."""
    return Row.of(parse(open_extractor().nlp, make_article(text)))


def write_base(
    folder: Path, layers: int, names: Mapping[str, str], further: Mapping[str, tuple[int, ...]], marks: list[str]
) -> Path:
    """An untrained, narrow base model; `names` are what a layer's parts are called."""
    torch.manual_seed(1)
    sizes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(marks) + len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (512, WIDTH),
        **further,
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        norms += [f"{prefix}{names['attended']}", f"{prefix}output.LayerNorm"]
        parts = {f"{names['heads']}{names[n]}": (WIDTH, WIDTH) for n in ("query", "key", "value")}
        parts |= {names["out"]: (WIDTH, WIDTH), "intermediate.dense": (4 * WIDTH, WIDTH), "output.dense": (WIDTH, 4 * WIDTH)}
        for name, size in parts.items():
            sizes |= {f"{prefix}{name}.weight": size, f"{prefix}{name}.bias": size[:1]}
    tensors = {name: 0.5 * torch.randn(size) for name, size in sizes.items()}
    tensors |= {f"{n}.weight": 1 + 0.1 * torch.randn(WIDTH) for n in norms} | {f"{n}.bias": torch.randn(WIDTH) for n in norms}
    save_file(tensors, folder / "model.safetensors")
    (folder / "vocab.txt").write_text("\n".join([*marks, *VOCABULARY]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A base model of MiniLM's shape."""
    names = {"heads": "attention.self.", "query": "query", "key": "key", "value": "value"}
    names |= {"out": "attention.output.dense", "attended": "attention.output.LayerNorm"}
    return write_base(tmp_path, MINI.layers, names, {"embeddings.token_type_embeddings.weight": (2, WIDTH)}, [])


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A base model of MPNet's shape."""
    names = {"heads": "attention.attn.", "query": "q", "key": "k", "value": "v"}
    names |= {"out": "attention.attn.o", "attended": "attention.LayerNorm"}
    distances = {"encoder.relative_attention_bias.weight": (DISTANCES, HEADS)}
    return write_base(tmp_path, LARGE.layers, names, distances, ["<s>", "<pad>", "</s>", "<unk>"])


def learn_anything(model: EncoderModel | LargeModel) -> None:
    """What begins as nothing is something."""
    for name, learnt in model.named_parameters():
        if name.endswith(("shapes.weight", ".up")):
            torch.nn.init.normal_(learnt, std=0.3)


@pytest.mark.parametrize(("shape", "kind", "closeness"), [("small", EncoderModel, 0.1), ("large", LargeModel, 0.2)])
def test_both_encoders_read_the_same(shape: str, kind: type, closeness: float, request: pytest.FixtureRequest) -> None:
    base: Path = request.getfixturevalue(shape)
    model = open_model(base).eval()
    assert isinstance(model, kind)
    learn_anything(model)
    vocabulary = read_vocabulary(base)
    rows = [lay(text) for text in ("Norland met Sudmark. It rained. " * 20, "He left.")]
    windows = [list_windows(row, Pieces(vocabulary)) for row in rows]
    with torch.no_grad():
        wanted = [vectors.numpy() for vectors in model.vectors(windows, [len(row) for row in rows])]
    encoder = open_tuned(model.weights(), vocabulary, base)
    assert encoder is not None
    for row, vectors in zip(rows, wanted, strict=True):
        # Both are read in whole numbers, and the large one learns in half precision.
        assert np.abs(encoder.vectors(row) - vectors).max() < closeness
        assert np.corrcoef(encoder.vectors(row).ravel(), vectors.ravel())[0, 1] > 0.999


def test_a_folder_without_a_base_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="base model"):
        read_vocabulary(tmp_path)
