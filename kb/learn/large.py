"""The large encoder in PyTorch: narrow matrices beside those of a base model learn, its own stay (LoRA, Hu et al. 2022)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from kb.learn.encoder import WEIGHTS, spread, stack, to_array
from kb.nlp.reader.base import read_base
from kb.nlp.reader.encoder import NAME, Window, find_distances
from kb.nlp.reader.row import SHAPES, Floats
from kb.nlp.reader.shape import HEADS, LARGE

_RANK: Final = 16
_SCALE: Final = 2.0
_DROPOUT: Final = 0.1
# Windows of a few lengths only: PyTorch prepares its kernels anew for each.
_MULTIPLE: Final = 64
_HIDDEN: Final = -1e4
_MATRICES: Final = ("ask", "out", "wide", "narrow")


class LowRank(nn.Module):
    """A frozen matrix in half precision with a narrow pair beside it that learns."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight.bfloat16())
        self.register_buffer("bias", bias.bfloat16())
        self.weight: Tensor
        self.bias: Tensor
        self.down = nn.Parameter(torch.empty(_RANK, weight.shape[1]))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        self.up = nn.Parameter(torch.zeros(weight.shape[0], _RANK))

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] → [..., out]."""
        learnt = functional.linear(functional.linear(x, self.down.bfloat16()), (self.up * _SCALE).bfloat16())
        return functional.linear(x, self.weight, self.bias) + learnt


class _Normal(nn.Module):
    def __init__(self, base: Mapping[str, Tensor], name: str, kind: torch.dtype) -> None:
        super().__init__()
        self.register_buffer("weight", base[f"{name}.weight"].to(kind))
        self.register_buffer("bias", base[f"{name}.bias"].to(kind))
        self.weight: Tensor
        self.bias: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, self.weight.shape, self.weight, self.bias, LARGE.norm_epsilon)


class _Layer(nn.Module):
    def __init__(self, base: Mapping[str, Tensor], layer: int) -> None:
        super().__init__()
        for name in _MATRICES:
            setattr(self, name, LowRank(base[f"{layer}.{name}.weight"].T.contiguous(), base[f"{layer}.{name}.bias"]))
        self.attended = _Normal(base, f"{layer}.attended", torch.bfloat16)
        self.thought = _Normal(base, f"{layer}.thought", torch.bfloat16)

    def forward(self, x: Tensor, nearness: Tensor) -> Tensor:
        windows, pieces, width = x.shape
        query, key, value = self.ask(x).view(windows, pieces, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=nearness)
        x = self.attended(x + self.out(heads.transpose(1, 2).reshape(windows, pieces, width)))
        result: Tensor = self.thought(x + self.narrow(functional.gelu(self.wide(x), approximate="tanh")))
        return result


class LargeModel(nn.Module):
    """Begins as the base model in `folder`, of MPNet's shape."""

    passes: Final = 3
    rate: Final = 4e-4

    def __init__(self, folder: Path) -> None:
        super().__init__()
        base = {name: torch.tensor(array) for name, array in read_base(folder / WEIGHTS).items()}
        self.words = nn.Embedding.from_pretrained(base["words"], freeze=True)
        self.register_buffer("places", base["places"])
        self.register_buffer("distances", base["distances"])
        self.places: Tensor
        self.distances: Tensor
        self.width = base["words"].shape[1]
        # The base model reads small letters only; how a word is written starts out as nothing and is learnt.
        self.shapes = nn.Embedding(SHAPES, self.width)
        nn.init.zeros_(self.shapes.weight)
        self.start = _Normal(base, "start", torch.float32)
        self.layers = nn.ModuleList(_Layer(base, number) for number in range(LARGE.layers))

    def forward(self, windows: Sequence[Window]) -> Tensor:
        """[windows, pieces of the longest, width]."""
        pieces, shapes, there = stack(windows, _MULTIPLE)
        longest = pieces.shape[1]
        x = self.start(self.words(pieces) + self.places[:longest] + self.shapes(shapes))
        x = functional.dropout(x, _DROPOUT, self.training).bfloat16()
        nearness = self.distances[torch.from_numpy(find_distances(longest))].permute(2, 0, 1)[None]
        nearness = (nearness + torch.where(there, 0.0, _HIDDEN)[:, None, None, :]).bfloat16()
        for layer in self.layers:
            x = layer(x, nearness)
        return x.float()

    def vectors(self, windows: Sequence[Sequence[Window]], tokens: Sequence[int]) -> list[Tensor]:
        """[tokens, width] for each article, given its windows and how many tokens it has."""
        return spread(self([window for each in windows for window in each]), windows, tokens)

    def weights(self) -> Mapping[str, Floats]:
        """What was learnt beside the base model, as kb.nlp.reader.base.tune_base puts them together."""
        arrays = {f"{NAME}.shapes": to_array(self.shapes.weight)}
        for number, layer in enumerate(self.layers):
            for name in _MATRICES:
                part = getattr(layer, name)
                arrays[f"{NAME}.{number}.{name}.down"] = to_array(part.down.T.contiguous())
                arrays[f"{NAME}.{number}.{name}.up"] = to_array((part.up * _SCALE).T.contiguous())
        return arrays
