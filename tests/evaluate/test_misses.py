"""What was missed and what was made up, with the class and what comes near."""

from __future__ import annotations

from kb.domain.entity import EntityKind
from kb.evaluate.misses import ClassCount, Fault, Miss, Noun, count_classes, list_misses
from tests.evaluate.cases import claim, compare, entity, extraction, gold_article, gold_entity, gold_event


def find(misses: tuple[Miss, ...], fault: Fault, label: str) -> list[tuple[str | None, str | None, str]]:
    return [(miss.subject, miss.object, miss.near) for miss in misses if miss.fault is fault and miss.label == label]


def test_claims_are_listed_with_their_sentence_and_what_comes_near() -> None:
    gold = gold_article(
        "a",
        [
            gold_event("attacked", ["us"], ["x"]),
            gold_event("condemned", ["us"], ["x"]),
            gold_event("warned", ["us"], ["x"]),
            gold_event("aided", ["us"], ["x"]),
            gold_event("coerced", ["us"], ["x"]),
            gold_event("met", ["us"], ["x"]),
        ],
    )
    found = extraction(
        "a",
        [
            claim("c1", "attacked", ["x"], ["us"]),
            claim("c2", "warned", ["us"], []),
            claim("c3", "aided", ["y"], ["x"]),
            claim("c4", "met", ["x"], ["us"]),
        ],
    )
    misses = [miss for miss in list_misses(compare(gold, found)) if miss.noun is Noun.CLAIM]
    assert {miss.label for miss in misses} == {"attacked", "condemned", "warned", "aided", "coerced"}
    assert find(tuple(misses), Fault.MISSED, "attacked") == [("us", "x", "the other way round")]
    assert find(tuple(misses), Fault.EXTRA, "attacked") == [("x", "us", "the other way round")]
    assert find(tuple(misses), Fault.MISSED, "warned") == [("us", "x", "object nobody")]
    assert find(tuple(misses), Fault.EXTRA, "warned") == [("us", None, "object x")]
    assert find(tuple(misses), Fault.MISSED, "aided") == [("us", "x", "subject ?y")]
    assert {m.sentence for m in misses if m.label == "warned"} == {"gold says warned", "the text says warned"}


def test_another_type_with_the_same_participants_comes_near() -> None:
    gold = gold_article("a", [gold_event("condemned", ["us"], ["x"])])
    misses = list_misses(compare(gold, extraction("a", [claim("c1", "accused", ["us"], ["x"])])))
    assert find(misses, Fault.MISSED, "condemned") == [("us", "x", "type accused")]
    assert find(misses, Fault.EXTRA, "accused") == [("us", "x", "type condemned")]


def test_an_entity_of_the_wrong_kind_is_both_missed_and_extra() -> None:
    gold = gold_article("a", entities=[gold_entity("kyiv", "Kyiv", kind=EntityKind.REGION), gold_entity("us", "US")])
    misses = list_misses(compare(gold, extraction("a", entities=[entity("Kyiv", kind=EntityKind.ORGANISATION)])))
    assert find(misses, Fault.MISSED, "REGION") == [("kyiv", None, "ORGANISATION")]
    assert find(misses, Fault.EXTRA, "ORGANISATION") == [("kyiv", None, "REGION")]
    assert find(misses, Fault.MISSED, "COUNTRY") == [("us", None, "")]


def test_what_is_debatable_is_no_miss() -> None:
    gold = gold_article("a", [gold_event("met", ["us"], ["x"], debatable=True), gold_event("met", ["us"], ["y"], debatable=True)])
    found = extraction("a", [claim("c1", "met", ["us"], ["y"])])
    assert [miss for miss in list_misses(compare(gold, found)) if miss.noun is Noun.CLAIM] == []


def test_classes_are_counted_out_of_what_there_was() -> None:
    gold = [
        gold_article("a", [gold_event("met", ["us"], ["x", "y", "z"]), gold_event("attacked", ["us"], ["x"])]),
        gold_article("b", [gold_event("met", ["us"], ["x"])]),
    ]
    found = [
        extraction("a", [claim("c1", "met", ["us"], ["x"]), claim("c2", "attacked", ["us"], ["x", "y"])]),
        extraction("b", [claim("c3", "met", ["us"], ["z"])]),
    ]
    claims = [row for row in count_classes(compare(gold, found)) if row.noun is Noun.CLAIM]
    assert claims == [
        ClassCount(Noun.CLAIM, Fault.MISSED, "met", 3, 4),
        ClassCount(Noun.CLAIM, Fault.EXTRA, "attacked", 1, 2),
        ClassCount(Noun.CLAIM, Fault.EXTRA, "met", 1, 2),
    ]
