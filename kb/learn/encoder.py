"""The small encoder in PyTorch, begun from a base model's weights and tuned with everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from kb.errors import UsageError
from kb.nlp.reader.encoder import NAME, Window
from kb.nlp.reader.row import SHAPES, Floats
from kb.nlp.reader.shape import HEADS, MINI

_DROPOUT: Final = 0.1
WEIGHTS: Final = "model.safetensors"
_VOCABULARY: Final = "vocab.txt"


class TunedModel(Protocol):
    """An encoder that learns: how many passes over the samples, at which rate, and what it reads."""

    passes: int
    rate: float
    width: int

    def vectors(self, windows: Sequence[Sequence[Window]], tokens: Sequence[int]) -> list[Tensor]:
        """[tokens, width] for each article, given its windows and how many tokens it has."""

    def weights(self) -> Mapping[str, Floats]:
        """What was learnt, by the names that kb.nlp.reader.encoder.Encoder runs on."""


class Layer(nn.Module):
    """Attention, then a wide layer, each added to what came in."""

    def __init__(self, base: Mapping[str, Tensor], prefix: str) -> None:
        super().__init__()
        parts = [f"{prefix}attention.self.{name}" for name in ("query", "key", "value")]
        self.ask = _linear(torch.cat([base[f"{p}.weight"] for p in parts]), torch.cat([base[f"{p}.bias"] for p in parts]))
        self.out = _named_linear(base, f"{prefix}attention.output.dense")
        self.attended = _normal(base, f"{prefix}attention.output.LayerNorm")
        self.wide = _named_linear(base, f"{prefix}intermediate.dense")
        self.narrow = _named_linear(base, f"{prefix}output.dense")
        self.thought = _normal(base, f"{prefix}output.LayerNorm")

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """[windows, pieces, width] → the same."""
        windows, pieces, width = x.shape
        query, key, value = self.ask(x).view(windows, pieces, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        dropout = _DROPOUT if self.training else 0.0
        heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=dropout)
        seen = self.out(heads.transpose(1, 2).reshape(windows, pieces, width))
        x = self.attended(x + functional.dropout(seen, _DROPOUT, self.training))
        thought = self.narrow(functional.gelu(self.wide(x), approximate="tanh"))
        result: Tensor = self.thought(x + functional.dropout(thought, _DROPOUT, self.training))
        return result


class EncoderModel(nn.Module):
    """Begins as the base model in `folder`; word vectors and places stay as they are, the layers learn."""

    passes: Final = 5
    # It knows the language already: it learns sooner than the rest, in smaller steps.
    rate: Final = 2e-4

    def __init__(self, folder: Path) -> None:
        super().__init__()
        base = load_file(folder / WEIGHTS)
        self.words = nn.Embedding.from_pretrained(base["embeddings.word_embeddings.weight"], freeze=True)
        places = base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][0]
        self.places = nn.Embedding.from_pretrained(places, freeze=True)
        self.width = self.words.weight.shape[1]
        # The base model reads small letters only; how a word is written starts out as nothing and is learnt.
        self.shapes = nn.Embedding(SHAPES, self.width)
        nn.init.zeros_(self.shapes.weight)
        self.start = _normal(base, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(base, f"encoder.layer.{n}.") for n in range(MINI.layers))

    def forward(self, windows: Sequence[Window]) -> Tensor:
        """[windows, pieces of the longest, width]."""
        pieces, shapes, there = stack(windows)
        longest = pieces.shape[1]
        x = self.words(pieces) + self.places.weight[:longest] + self.shapes(shapes)
        x = functional.dropout(self.start(x), _DROPOUT, self.training)
        # Half precision learns as well here and takes half the time on processors that know it.
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            for layer in self.layers:
                x = layer(x, there[:, None, None, :])
        return x.float()

    def vectors(self, windows: Sequence[Sequence[Window]], tokens: Sequence[int]) -> list[Tensor]:
        """[tokens, width] for each article, given its windows and how many tokens it has."""
        return spread(self([window for each in windows for window in each]), windows, tokens)

    def weights(self) -> Mapping[str, Floats]:
        """The arrays that kb.nlp.reader.encoder.Encoder runs on, by its names."""
        arrays = {
            f"{NAME}.{name}": to_array(table.weight)
            for name, table in (("words", self.words), ("places", self.places), ("shapes", self.shapes))
        }
        arrays |= _both(f"{NAME}.start", self.start)
        for n, layer in enumerate(self.layers):
            for name in ("attended", "thought"):
                arrays |= _both(f"{NAME}.{n}.{name}", getattr(layer, name))
            for name in ("ask", "out", "wide", "narrow"):
                part = getattr(layer, name)
                arrays[f"{NAME}.{n}.{name}.weight"] = np.ascontiguousarray(to_array(part.weight).T)
                arrays[f"{NAME}.{n}.{name}.bias"] = to_array(part.bias)
        return arrays


def stack(windows: Sequence[Window], multiple: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces, how they are written, and which are there, each [windows, pieces of the longest, up to the next `multiple`]."""
    longest = max(len(window.pieces) for window in windows)
    longest = -(-longest // multiple) * multiple
    pieces = torch.zeros(len(windows), longest, dtype=torch.long)
    shapes = torch.zeros_like(pieces)
    there = torch.zeros(len(windows), longest, dtype=torch.bool)
    for n, window in enumerate(windows):
        size = len(window.pieces)
        pieces[n, :size] = torch.from_numpy(window.pieces)
        shapes[n, :size] = torch.from_numpy(window.shapes)
        there[n, :size] = True
    return pieces, shapes, there


def spread(states: Tensor, windows: Sequence[Sequence[Window]], tokens: Sequence[int]) -> list[Tensor]:
    """[tokens, width] for each article from the `states` of all its windows' pieces: a word's is that of its first piece."""
    found, row = [], 0
    for each, size in zip(windows, tokens, strict=True):
        vectors = torch.zeros(size, states.shape[2])
        for window in each:
            vectors[torch.from_numpy(window.words)] = states[row, torch.from_numpy(window.first)]
            row += 1
        found.append(vectors)
    return found


def read_vocabulary(folder: Path) -> tuple[str, ...]:
    """The base model's word pieces in the order of their numbers; raises UsageError where `folder` holds no base model."""
    if not (folder / WEIGHTS).is_file() or not (folder / _VOCABULARY).is_file():
        raise UsageError(f"{folder.name} holds no base model: {WEIGHTS} and {_VOCABULARY} are needed")
    return tuple((folder / _VOCABULARY).read_text(encoding="utf-8").rstrip("\n").split("\n"))


def _named_linear(base: Mapping[str, Tensor], name: str) -> nn.Linear:
    return _linear(base[f"{name}.weight"], base[f"{name}.bias"])


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data = weight.clone()
    layer.bias.data = bias.clone()
    return layer


def _normal(base: Mapping[str, Tensor], name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(base[f"{name}.weight"].shape[0], eps=MINI.norm_epsilon)
    layer.weight.data = base[f"{name}.weight"].clone()
    layer.bias.data = base[f"{name}.bias"].clone()
    return layer


def _both(name: str, layer: nn.LayerNorm) -> dict[str, Floats]:
    return {f"{name}.weight": to_array(layer.weight), f"{name}.bias": to_array(layer.bias)}


def to_array(tensor: Tensor) -> Floats:
    """In single precision, away from PyTorch."""
    result: Floats = tensor.detach().numpy().astype(np.float32)
    return result
