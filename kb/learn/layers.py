"""The reader's network in PyTorch, layer by layer as kb/nlp/reader/network.py runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kb.learn.encoder import TunedModel
from kb.nlp.reader import antecedents, participants
from kb.nlp.reader.network import TENSOR_SCALE
from kb.nlp.reader.row import Floats

WIDTH: Final = 256
_ARGUMENT: Final = 96
_TYPE: Final = 32
_HIDDEN: Final = 192
_ANTECEDENT_HIDDEN: Final = 128
_NEW_HIDDEN: Final = 64
_DROPOUT: Final = 0.1
_HEAD_DROPOUT: Final = 0.2


class Deep(nn.Module):
    """Two linear layers with a GELU between them: Network.deep."""

    def __init__(self, size: int, hidden: int, out: int) -> None:
        super().__init__()
        self.first = nn.Linear(size, hidden)
        self.second = nn.Linear(hidden, out)

    def forward(self, x: Tensor) -> Tensor:
        """[..., size] → [..., out]."""
        hidden = functional.gelu(self.first(x), approximate="tanh")
        result: Tensor = self.second(functional.dropout(hidden, _HEAD_DROPOUT, self.training))
        return result


class ReaderModel(nn.Module):
    """States of tokens, chances of types, roles of pairs, and antecedents; what surrounds a token is read by an encoder, if
    there is one, else by looking at its neighbours."""

    def __init__(self, columns: Sequence[tuple[int, int]], tensor: int, types: int, encoder: TunedModel | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.columns = nn.ModuleList(nn.Embedding(size, width) for size, width in columns)
        read = encoder.width if encoder is not None else 0
        self.project = nn.Linear(sum(width for _, width in columns) + tensor + read, WIDTH)
        looks = 0 if encoder is not None else 2
        self.convolve = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=1) for _ in range(looks))
        self.normal = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(looks + 1))
        self.trigger = Deep(WIDTH, WIDTH, types + 1)
        self.types = nn.Embedding(types, _TYPE)
        self.at_trigger = nn.Linear(WIDTH, _ARGUMENT)
        self.at_head = nn.Linear(WIDTH, _ARGUMENT)
        self.pair = nn.ModuleList(nn.Embedding(size, width) for size, width in participants.SIZES.values())
        pairs = sum(width for _, width in participants.SIZES.values())
        self.role = Deep(3 * _ARGUMENT + _TYPE + pairs, _HIDDEN, 3)
        self.at_anaphor = nn.Linear(WIDTH, _ARGUMENT)
        self.at_antecedent = nn.Linear(WIDTH, _ARGUMENT)
        self.link = nn.ModuleList(nn.Embedding(size, width) for size, width in antecedents.SIZES.values())
        links = sum(width for _, width in antecedents.SIZES.values())
        self.same = Deep(3 * _ARGUMENT + links, _ANTECEDENT_HIDDEN, 1)
        self.new = Deep(WIDTH, _NEW_HIDDEN, 1)

    def states(self, columns: Tensor, tensor: Tensor, read: Tensor | None = None) -> Tensor:
        """[tokens, WIDTH] of one article, of which the encoder has `read` [tokens, its width]."""
        parts = [table(columns[:, n]) for n, table in enumerate(self.columns)]
        parts.append(tensor * TENSOR_SCALE)
        if read is not None:
            parts.append(read)
        x = self.project(functional.dropout(torch.cat(parts, 1), _DROPOUT, self.training))
        for convolve, normal in zip(self.convolve, self.normal, strict=False):
            y = functional.gelu(normal(x), approximate="tanh")
            x = x + functional.dropout(convolve(y.T[None])[0].T, _DROPOUT, self.training)
        return functional.dropout(functional.gelu(self.normal[-1](x), approximate="tanh"), _DROPOUT, self.training)

    def roles(self, states: Tensor, rows: Tensor) -> Tensor:
        """[pairs, 3] logits of subject, object and speaker; rows as by participants.find_pairs."""
        trigger, head = self.at_trigger(states[rows[:, 0]]), self.at_head(states[rows[:, 2]])
        features = [table(rows[:, 3 + n]) for n, table in enumerate(self.pair)]
        result: Tensor = self.role(torch.cat([trigger, head, trigger * head, self.types(rows[:, 1]), *features], 1))
        return result

    def links(self, states: Tensor, rows: Tensor) -> Tensor:
        """[pairs] logits that head and antecedent mean the same; rows as by antecedents.Memory.find_pairs."""
        anaphor, antecedent = self.at_anaphor(states[rows[:, 0]]), self.at_antecedent(states[rows[:, 1]])
        features = [table(rows[:, 2 + n]) for n, table in enumerate(self.link)]
        result: Tensor = self.same(torch.cat([anaphor, antecedent, anaphor * antecedent, *features], 1))[:, 0]
        return result

    def weights(self) -> Mapping[str, Floats]:
        """The arrays that kb.nlp.reader.network.Network runs on, by its names."""
        arrays: dict[str, Floats] = {}
        for group, tables in (("columns", self.columns), ("pair", self.pair), ("link", self.link)):
            arrays |= {f"{group}.{n}": _array(table.weight) for n, table in enumerate(tables)}
        arrays["types"] = _array(self.types.weight)
        for name in ("project", "at_trigger", "at_head", "at_anaphor", "at_antecedent"):
            arrays |= _linear(name, getattr(self, name))
        for n, convolve in enumerate(self.convolve):
            arrays[f"convolve.{n}.weight"] = np.ascontiguousarray(_array(convolve.weight).transpose(2, 1, 0))
            arrays[f"convolve.{n}.bias"] = _array(convolve.bias)
        if self.encoder is not None:
            arrays |= self.encoder.weights()
        names = [*(str(n) for n in range(len(self.convolve))), "out"]
        for name, normal in zip(names, self.normal, strict=True):
            arrays[f"normal.{name}.weight"], arrays[f"normal.{name}.bias"] = _array(normal.weight), _array(normal.bias)
        for name in ("trigger", "role", "same", "new"):
            deep = getattr(self, name)
            arrays |= _linear(f"{name}.1", deep.first) | _linear(f"{name}.2", deep.second)
        return arrays


def _linear(name: str, layer: nn.Linear) -> dict[str, Floats]:
    return {f"{name}.weight": np.ascontiguousarray(_array(layer.weight).T), f"{name}.bias": _array(layer.bias)}


def _array(tensor: Tensor) -> Floats:
    result: Floats = tensor.detach().numpy().astype(np.float32)
    return result
