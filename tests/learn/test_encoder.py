"""Tuning and reading compute the same: PyTorch's encoder against NumPy's, on whatever base model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="only `kb train` needs PyTorch: pip install 'kb[train]'")

from safetensors.torch import save_file  # noqa: E402

from kb.errors import UsageError  # noqa: E402
from kb.learn.encoder import EncoderModel, read_vocabulary  # noqa: E402
from kb.nlp.pipeline import parse  # noqa: E402
from kb.nlp.reader.encoder import LAYERS, Encoder, list_windows  # noqa: E402
from kb.nlp.reader.pieces import Pieces  # noqa: E402
from kb.nlp.reader.row import Row  # noqa: E402
from tests.reading import make_article, open_extractor  # noqa: E402

WIDTH = 24
LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", ",", *LETTERS, *(f"##{c}" for c in LETTERS)]


def lay(text: str) -> Row:
    """The row of a text's tokens."""
    return Row.of(parse(open_extractor().nlp, make_article(text)))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base model of MiniLM's shape, but narrow and untrained."""
    torch.manual_seed(1)
    sizes = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (512, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."
        norms += [f"{prefix}attention.output.LayerNorm", f"{prefix}output.LayerNorm"]
        parts = {f"attention.self.{n}": (WIDTH, WIDTH) for n in ("query", "key", "value")}
        parts["attention.output.dense"] = (WIDTH, WIDTH)
        parts["intermediate.dense"] = (4 * WIDTH, WIDTH)
        parts["output.dense"] = (WIDTH, 4 * WIDTH)
        for name, size in parts.items():
            sizes[f"{prefix}{name}.weight"] = size
            sizes[f"{prefix}{name}.bias"] = (size[0],)  # type: ignore[assignment]
    tensors = {name: torch.randn(size) for name, size in sizes.items()}
    tensors |= {f"{n}.weight": 1 + 0.1 * torch.randn(WIDTH) for n in norms} | {f"{n}.bias": torch.randn(WIDTH) for n in norms}
    save_file(tensors, tmp_path / "model.safetensors")
    (tmp_path / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    return tmp_path


def test_both_encoders_read_the_same(base: Path) -> None:
    model = EncoderModel(base).eval()
    torch.nn.init.normal_(model.shapes.weight)
    vocabulary = read_vocabulary(base)
    assert vocabulary == tuple(VOCABULARY)
    rows = [lay(text) for text in ("Norland met Sudmark. It rained. " * 20, "He left.")]
    windows = [list_windows(row, Pieces(vocabulary)) for row in rows]
    with torch.no_grad():
        wanted = model.vectors(windows, [len(row) for row in rows])
    encoder = Encoder(model.weights(), Pieces(vocabulary))
    for row, vectors in zip(rows, wanted, strict=True):
        assert np.allclose(encoder.vectors(row), vectors.numpy(), atol=2e-3)


def test_a_folder_without_a_base_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="base model"):
        read_vocabulary(tmp_path)
