"""Training and reading compute the same: PyTorch's layers against NumPy's, on whatever weights."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="only `kb train` needs PyTorch: pip install 'kb[train]'")

from kb.learn.layers import ReaderModel  # noqa: E402
from kb.nlp.reader.antecedents import SIZES as LINKS  # noqa: E402
from kb.nlp.reader.columns import claim_columns  # noqa: E402
from kb.nlp.reader.network import Network  # noqa: E402
from kb.nlp.reader.participants import SIZES as PAIRS  # noqa: E402


def test_states_and_heads_agree() -> None:
    torch.manual_seed(3)
    columns = claim_columns(28)
    model = ReaderModel(columns, 96, 28).eval()
    network = Network(model.weights())
    chance = np.random.default_rng(3)
    marks = np.column_stack([chance.integers(0, size, 40) for size, _ in columns])
    tensor = chance.normal(size=(40, 96)).astype(np.float32)
    pairs = np.column_stack(
        [chance.integers(0, n, 25) for n in (40, 28, 40)] + [chance.integers(0, s, 25) for s, _ in PAIRS.values()]
    )
    links = np.column_stack([chance.integers(0, 40, (25, 2)), *[chance.integers(0, s, 25) for s, _ in LINKS.values()]])
    with torch.no_grad():
        states = model.states(torch.from_numpy(marks), torch.from_numpy(tensor))
        types = model.trigger(states).numpy()
        roles = model.roles(states, torch.from_numpy(pairs)).numpy()
        same = model.links(states, torch.from_numpy(links)).numpy()

    mine = network.states(tensor, marks)
    assert np.allclose(mine, states.numpy(), atol=1e-4)
    assert np.allclose(network.deep("trigger", mine), types, atol=1e-3)
    trigger, head = network.linear("at_trigger", mine[pairs[:, 0]]), network.linear("at_head", mine[pairs[:, 2]])
    features = [network.table(f"pair.{n}", pairs[:, 3 + n]) for n in range(len(PAIRS))]
    joined = np.concatenate([trigger, head, trigger * head, network.table("types", pairs[:, 1]), *features], axis=1)
    assert np.allclose(network.deep("role", joined), roles, atol=1e-3)
    one, other = network.linear("at_anaphor", mine[links[:, 0]]), network.linear("at_antecedent", mine[links[:, 1]])
    features = [network.table(f"link.{n}", links[:, 2 + n]) for n in range(len(LINKS))]
    assert np.allclose(network.deep("same", np.concatenate([one, other, one * other, *features], axis=1))[:, 0], same, atol=1e-3)
