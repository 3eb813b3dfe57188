"""Every figure on cases small enough to be worked out by hand."""

from __future__ import annotations

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.ontology.loader import load_ontology
from tests.evaluate.cases import claim, counts, entity, event, extraction, figures, gold_article, gold_entity, gold_event

# The families that figures are published by; a change of the ontology that moves one changes what the figures mean.
ROOTS = {
    **dict.fromkeys(["stated_about", "denied"], "01"),
    "appealed_to": "02",
    "promised": "03",
    **dict.fromkeys(["telephoned", "met", "mediated", "negotiated_with"], "04"),
    **dict.fromkeys(["recognised", "supported", "signed_agreement_with"], "05"),
    "cooperated_with": "06",
    "aided": "07",
    "yielded_to": "08",
    "investigated": "09",
    "demanded_from": "10",
    **dict.fromkeys(["condemned", "accused"], "11"),
    "rejected": "12",
    **dict.fromkeys(["warned", "threatened"], "13"),
    "protested_against": "14",
    "deployed_forces_to": "15",
    **dict.fromkeys(["sanctioned", "reduced_relations_with"], "16"),
    "coerced": "17",
    **dict.fromkeys(["attacked", "occupied"], "19"),
}
WITHOUT_DIRECTION = {"met", "telephoned", "negotiated_with", "signed_agreement_with", "cooperated_with"}


def test_the_ontology_has_the_families_and_symmetric_types_that_figures_are_compared_by() -> None:
    types = load_ontology().event_types
    assert {key: kind.root for key, kind in types.items()} == ROOTS
    assert {key for key, kind in types.items() if kind.symmetric} == WITHOUT_DIRECTION


def test_entities_count_by_wikidata_id_or_name_together_with_their_kind() -> None:
    gold = gold_article(
        "a",
        entities=[
            gold_entity("russia", "Russia", wikidata_id="Q159"),
            gold_entity("ukraine", "Ukraine"),
            gold_entity("putin", "Vladimir Putin", kind=EntityKind.PERSON),
            gold_entity("rebels", "Russia-backed separatists", "the separatists", kind=EntityKind.ORGANISATION),
            gold_entity("west", "the West", kind=EntityKind.REGION, debatable=True),
        ],
    )
    found = extraction(
        "a",
        entities=[
            entity("Russian Federation", wikidata_id="Q159"),
            entity("Ukraine’s"),
            entity("UKRAINES", id_="ent_other"),
            entity("Vladimir Putin", kind=EntityKind.ORGANISATION),
            entity("Rebels of Donetsk", "Séparatists", kind=EntityKind.ORGANISATION),
            entity("West", kind=EntityKind.REGION),
            entity("Paris", kind=EntityKind.REGION),
        ],
    )
    # Hits: russia by id, the rebels by another name. Not gold's: Putin's kind, Paris, and "ukraines" twice under two names.
    figure = figures(gold, found)["entities"]
    assert counts(figure) == (2, 6, 4)
    assert (figure.precision, figure.recall, figure.value) == (0.333, 0.5, 0.4)


def test_the_wikidata_id_outranks_the_name() -> None:
    gold = gold_article(
        "a", entities=[gold_entity("georgia", "Georgia", wikidata_id="Q230"), gold_entity("state", "Peach State")]
    )
    found = extraction("a", entities=[entity("Peach State", wikidata_id="Q230")])
    assert counts(figures(gold, found)["entities"]) == (1, 1, 2)


def test_an_entity_is_known_by_the_names_of_all_its_articles() -> None:
    gold = [gold_article("a", entities=[gold_entity("plo", "PLO")]), gold_article("b")]
    first = entity("Palestine Liberation Organization", id_="ent_1")
    again = entity("Palestine Liberation Organization", "PLO", id_="ent_1")
    assert counts(figures(gold, [extraction("a", entities=[first]), extraction("b", entities=[again])])["entities"]) == (1, 2, 1)


def test_every_subject_goes_with_every_object() -> None:
    gold = gold_article("a", [gold_event("sanctioned", ["us", "uk"], ["x", "y", "z"])])
    found = extraction("a", [claim("c1", "sanctioned", ["us"], ["x", "y"]), claim("c2", "sanctioned", ["uk"], ["us"])])
    figure = figures(gold, found)["claims"]
    assert counts(figure) == (2, 3, 6)
    assert (figure.precision, figure.recall, figure.value) == (0.667, 0.333, 0.444)


def test_an_empty_side_counts_once_and_is_nobody_else() -> None:
    gold = gold_article("a", [gold_event("condemned", ["us", "uk"], [])])
    right = extraction("a", [claim("c1", "condemned", ["us", "uk"], [])])
    filled = extraction("a", [claim("c1", "condemned", ["us", "uk"], ["uk"])])
    assert counts(figures(gold, right)["claims"]) == (2, 2, 2)
    assert counts(figures(gold, filled)["claims"]) == (0, 2, 2)


def test_the_same_triple_told_twice_counts_once() -> None:
    gold = gold_article("a", [gold_event("accused", ["us"], ["x"]), gold_event("accused", ["us"], ["x"], Modality.DENIED)])
    found = extraction("a", [claim("c1", "accused", ["us"], ["x"]), claim("c2", "accused", ["us"], ["x"])])
    assert counts(figures(gold, found)["claims"]) == (1, 1, 1)


def test_who_meets_whom_has_no_direction_but_who_attacks_whom_has() -> None:
    met = gold_article("a", [gold_event("met", ["us"], ["russia"])])
    attacked = gold_article("a", [gold_event("attacked", ["us"], ["russia"])])
    assert counts(figures(met, extraction("a", [claim("c1", "met", ["russia"], ["us"])]))["claims"]) == (1, 1, 1)
    assert counts(figures(attacked, extraction("a", [claim("c1", "attacked", ["russia"], ["us"])]))["claims"]) == (0, 1, 1)


def test_several_who_meet_without_an_object_meet_each_other() -> None:
    gold = gold_article("a", [gold_event("met", ["us", "uk", "france"], [])])
    found = extraction("a", [claim("c1", "met", ["france"], ["us", "uk"])])
    # us-uk, us-france, uk-france against france-us, france-uk.
    assert counts(figures(gold, found)["claims"]) == (2, 2, 3)


def test_one_who_meets_nobody_named_meets_nobody() -> None:
    gold = gold_article("a", [gold_event("met", ["us"], [])])
    assert counts(figures(gold, extraction("a", [claim("c1", "met", ["us"], [])]))["claims"]) == (1, 1, 1)


def test_a_neighbouring_type_is_right_for_the_family_only() -> None:
    gold = gold_article("a", [gold_event("condemned", ["us"], ["russia"])])
    found = figures(gold, extraction("a", [claim("c1", "accused", ["us"], ["russia"])]))
    assert counts(found["claims"]) == (0, 1, 1)
    assert counts(found["family"]) == (1, 1, 1)


def test_what_is_debatable_counts_neither_way() -> None:
    gold = gold_article(
        "a",
        [
            gold_event("condemned", ["us"], ["x"], debatable=True),
            gold_event("condemned", ["us"], ["y"], debatable=True),
            gold_event("accused", ["us"], ["z"]),
            gold_event("accused", ["us"], ["z"], debatable=True),
        ],
    )
    found = extraction("a", [claim("c1", "condemned", ["us"], ["x"]), claim("c2", "accused", ["us"], ["z"])])
    assert counts(figures(gold, found)["claims"]) == (1, 1, 1)


def test_an_article_that_was_not_extracted_is_missed_whole() -> None:
    gold = [gold_article("a", [gold_event("met", ["us"], ["uk"])]), gold_article("b", [gold_event("met", ["us"], ["uk"])])]
    found = figures(gold, extraction("b", [claim("c1", "met", ["us"], ["uk"])]))
    assert counts(found["claims"]) == (1, 1, 2)
    assert counts(found["entities"]) == (2, 2, 4)


def test_modality_is_the_share_of_matched_triples_and_any_reading_will_do() -> None:
    gold = gold_article(
        "a",
        [
            gold_event("attacked", ["us"], ["w"]),
            gold_event("attacked", ["us"], ["x"], Modality.PLANNED, Modality.POSSIBLE),
            gold_event("attacked", ["us"], ["y"], Modality.PLANNED),
            gold_event("attacked", ["us"], ["z"], Modality.DENIED, Modality.ACTUAL),
            gold_event("attacked", ["us"], ["missed"], Modality.DENIED),
        ],
    )
    found = extraction(
        "a",
        [
            claim("c1", "attacked", ["us"], ["w"], Modality.PLANNED),
            claim("c2", "attacked", ["us"], ["w"]),
            claim("c3", "attacked", ["us"], ["x"], Modality.POSSIBLE),
            claim("c4", "attacked", ["us"], ["y"], Modality.POSSIBLE),
            claim("c5", "attacked", ["us"], ["z"], Modality.DENIED),
            claim("c6", "attacked", ["us"], ["extra"], Modality.DENIED),
        ],
    )
    figure = figures(gold, found)
    # w (one of two claims), x and z are right, y is not; x and y alone are plainly not actual.
    assert counts(figure["modality"]) == (3, 4, 4)
    assert figure["modality"].value == 0.75
    assert counts(figure["modality_marked"]) == (1, 2, 2)


def test_attribution_wants_exactly_the_speakers() -> None:
    gold = gold_article(
        "a",
        [
            gold_event("attacked", ["us"], ["w"]),
            gold_event("attacked", ["us"], ["x"], speakers=["nato", "eu"]),
            gold_event("attacked", ["us"], ["y"], speakers=["nato", "eu"]),
            gold_event("attacked", ["us"], ["z"]),
        ],
    )
    found = extraction(
        "a",
        [
            claim("c1", "attacked", ["us"], ["w"]),
            claim("c2", "attacked", ["us"], ["x"], speakers=["eu", "nato"]),
            claim("c3", "attacked", ["us"], ["y"], speakers=["nato"]),
            claim("c4", "attacked", ["us"], ["z"], speakers=["nato"]),
        ],
    )
    figure = figures(gold, found)
    assert counts(figure["attribution"]) == (2, 4, 4)
    assert counts(figure["attribution_spoken"]) == (1, 2, 2)
    assert figure["attribution_spoken"].value == 0.5


def test_story_is_b_cubed_of_the_matched_triples_across_articles() -> None:
    gold = [
        gold_article("a", [gold_event("attacked", ["us"], ["x"], story="A"), gold_event("attacked", ["us"], ["y"], story="A")]),
        gold_article(
            "b",
            [
                gold_event("attacked", ["us"], ["x"], story="A"),
                gold_event("attacked", ["us"], ["z"], story="B"),
                gold_event("attacked", ["us"], ["v"]),
                gold_event("attacked", ["us"], ["missed"], story="B"),
            ],
        ),
    ]
    found = [
        extraction("a", [claim("a1", "attacked", ["us"], ["x"]), claim("a2", "attacked", ["us"], ["y"])]),
        extraction("b", [claim(f"b{n}", "attacked", ["us"], [name]) for n, name in enumerate("xzv")]),
    ]
    figure = figures(gold, found, [event("e1", "a1", "a2"), event("e2", "b0", "b1", "b2")])["story_b3_f1"]
    # Precision 1, 1, 1/2, 1/2; recall 2/3, 2/3, 1/3, 1. What has no story, or was not found, is no item.
    assert (figure.precision, figure.recall, figure.value) == (0.75, 0.667, 0.706)
    assert figure.wanted == 4


def test_nothing_found_and_nothing_wanted_are_zero_and_no_error() -> None:
    found = figures(gold_article("a"), extraction("a"))
    assert {figure.value for figure in found.values()} == {0.0}


def test_the_standard_error_is_that_of_drawing_articles() -> None:
    gold = [gold_article(name, [gold_event("attacked", ["us"], ["x"])]) for name in "ab"]
    right = claim("c1", "attacked", ["us"], ["x"])
    wrong = claim("c2", "attacked", ["us"], ["y"])
    # The better article twice, once or never: 1, 1/2 or 0 with chances of 1/4, 1/2, 1/4, hence the root of 1/8.
    error = figures(gold, [extraction("a", [right]), extraction("b", [wrong])])["claims"].standard_error
    assert error is not None
    assert abs(error - 0.125**0.5) < 0.03
    alike = figures(gold, [extraction("a", [right]), extraction("b", [claim("c3", "attacked", ["us"], ["x"])])])
    assert alike["claims"].standard_error == 0.0
    assert figures(gold[0], extraction("a", [right]))["claims"].standard_error is None


def test_the_order_of_articles_and_claims_does_not_matter() -> None:
    gold = gold_article("a", [gold_event("attacked", ["us"], ["x"], story="A"), gold_event("met", ["us"], ["x"], story="A")])
    claims = [claim(f"c{n}", "attacked", ["us"], ["x"]) for n in range(3)] + [claim("c9", "met", ["us"], ["x"])]
    events = [event("e1", "c0", "c9"), event("e2", "c1", "c2")]
    assert figures(gold, extraction("a", claims), events) == figures(gold, extraction("a", claims[::-1]), events[::-1])
