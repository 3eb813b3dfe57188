"""What the network says of single words is heeded: of capitals, of names that nobody knows, and of actors without a name."""

from __future__ import annotations

import numpy as np

from kb.domain.entity import EntityKind
from kb.domain.mention import Referent
from kb.nlp.reader.capitals import CAPITAL, settle_capitals
from kb.nlp.reader.columns import KINDS
from kb.nlp.reader.kinds import NAMED, NAMELESS, NOBODY, settle_kinds
from kb.nlp.reader.meant import Meant
from kb.nlp.reader.network import Network
from kb.nlp.reader.row import Floats
from kb.nlp.reader.stage import Stage
from tests.reading import lay, open_extractor

WIDTH = 4


def opinion(layer: str, classes: int, chosen: int, strength: float = 9.0) -> Network:
    """A network that has one opinion on every word."""
    bias = np.zeros(classes, dtype=np.float32)
    bias[chosen] = strength
    return Network({f"{layer}.weight": np.zeros((WIDTH, classes), dtype=np.float32), f"{layer}.bias": bias})


def states_of(stage: Stage) -> Floats:
    return np.zeros((len(stage.scene.row), WIDTH), dtype=np.float32)


def capital(stage: Stage, network: Network) -> tuple[Referent, float | None]:
    """What the only capital of the text is linked to, and its score."""
    candidates = settle_capitals(network, states_of(stage), stage.names, stage.scene.candidates, open_extractor().gazetteer)
    (mention,) = (m for m in candidates.resolved if m.text == "Paris")
    return candidates.referents[mention.referents[0]], mention.score


def kinds(text: str, network: Network) -> dict[str, Referent]:
    """The article's referents by name, once the network has settled their kinds."""
    stage = lay(text)
    meant = Meant(stage.scene.row, stage.scene.candidates, {})
    for head in stage.scene.candidates.heads:
        meant.at(head)
    return {r.name: r for r in settle_kinds(network, states_of(stage), stage.scene.candidates, meant)}


def test_a_capital_that_rules_take_for_its_state_is_a_place_where_the_network_says_so() -> None:
    stage = lay("Paris warned Norland.")
    state, _ = capital(stage, opinion(CAPITAL, 2, 0))
    place, score = capital(stage, opinion(CAPITAL, 2, 1))
    assert (state.name, state.kind) == ("France", EntityKind.COUNTRY)
    assert (place.name, place.kind) == ("Paris", EntityKind.REGION)
    assert "Paris" in place.surfaces
    assert score is not None
    assert score > 0.99


def test_a_capital_that_rules_take_for_a_place_stays_one() -> None:
    place, _ = capital(lay("Envoys of Norland met in Paris."), opinion(CAPITAL, 2, 0))
    assert (place.name, place.kind) == ("Paris", EntityKind.REGION)


def test_a_capital_joins_the_place_that_the_article_names() -> None:
    stage = lay("Envoys met in Oslo. Oslo warned Norland.")
    network = opinion(CAPITAL, 2, 1)
    candidates = settle_capitals(network, states_of(stage), stage.names, stage.scene.candidates, open_extractor().gazetteer)
    first, second = (m for m in candidates.resolved if m.text == "Oslo")
    assert first.referents == second.referents


def test_an_unknown_name_has_the_kind_that_the_network_sees() -> None:
    text = "Troops of Varg shelled Tolle, and Spain condemned it."
    for kind in (EntityKind.PERSON, EntityKind.ORGANISATION, EntityKind.REGION):
        found = kinds(text, Network({**opinion(NAMED, NOBODY + 1, KINDS.index(kind)).weights, **nameless().weights}))
        assert found["Tolle"].kind is kind
        assert found["Spain"].kind is EntityKind.COUNTRY


def test_what_is_named_after_a_country_is_none() -> None:
    network = Network({**opinion(NAMED, NOBODY + 1, KINDS.index(EntityKind.COUNTRY)).weights, **nameless().weights})
    found = kinds("Troops shelled Tolle and eastern Ukraine.", network)
    assert found["Tolle"].kind is EntityKind.COUNTRY
    assert found["eastern Ukraine"].kind is not EntityKind.COUNTRY


def test_what_hardly_is_a_name_is_marked() -> None:
    network = Network({**opinion(NAMED, NOBODY + 1, NOBODY).weights, **nameless().weights})
    found = kinds("Troops of Varg shelled Tolle, and Spain condemned it.", network)
    assert found["Tolle"].nobody
    assert not found["Spain"].nobody


def test_actors_without_a_name_are_people_or_bodies() -> None:
    text = "A clerk accused Spain of lies."
    person = Network({**opinion(NAMED, NOBODY + 1, 0).weights, **nameless(EntityKind.PERSON).weights})
    assert kinds(text, person)["clerk"].kind is EntityKind.PERSON
    assert kinds(text, Network({**person.weights, **nameless().weights}))["clerk"].kind is EntityKind.ORGANISATION


def nameless(kind: EntityKind = EntityKind.ORGANISATION) -> Network:
    return opinion(NAMELESS, len(KINDS), KINDS.index(kind))
