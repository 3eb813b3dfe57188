"""Links and clusters of names, on texts of one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from kb.domain.article import Article, OffsetMap
from kb.domain.entity import Entity, EntityKind, Mention, MentionForm
from kb.domain.extraction import Extraction
from kb.domain.ids import local_entity_id
from kb.evaluate.compare import ArticleComparison, compare_articles
from kb.evaluate.gold import GoldArticle, GoldEntity
from kb.evaluate.misses import ClassCount, Fault, Noun, count_classes, list_misses
from kb.evaluate.score import Figure, score
from kb.ontology.loader import load_ontology
from tests.evaluate.cases import counts, entity

RUSSIA = entity("Russia", wikidata_id="Q159")
PUTIN = entity("Vladimir Putin", kind=EntityKind.PERSON, wikidata_id="Q7747")
GEORGIA = entity("Georgia", wikidata_id="Q230")
STATE = entity("Georgia (U.S. state)", kind=EntityKind.REGION, wikidata_id="Q1428")
UNKNOWN = entity("Volkov", kind=EntityKind.PERSON)
FOUND = {each.id: each for each in (RUSSIA, PUTIN, GEORGIA, STATE, UNKNOWN)}


def gold(
    slug: str, qid: str | None, *surfaces: str, kind: EntityKind = EntityKind.COUNTRY, debatable: bool = False
) -> GoldEntity:
    return GoldEntity(slug, kind, (slug.title(), *surfaces), qid, debatable, surfaces)


def read(name: str, text: str, *found: tuple[str, Entity], form: MentionForm = MentionForm.NAME) -> Extraction:
    """`found` are words of `text` and whom they are taken for, in its order."""
    mentions: list[Mention] = []
    for words, each in found:
        start = text.index(words, mentions[-1].end if mentions else 0)
        key = f"men_{len(mentions)}"
        mentions.append(Mention(key, "art", each.id, start, start + len(words), words, form, 1.0, "test"))
    entities = tuple({each.id: each for _, each in found}.values())
    article = Article(f"art_{name}", f"{name}.txt", "", text, text, (), OffsetMap((), (), ()))
    return Extraction(article, None, entities, tuple(mentions), (), (), ())


def compare(golds: Mapping[str, Sequence[GoldEntity]], *found: Extraction) -> tuple[ArticleComparison, ...]:
    articles = [GoldArticle(name, name, tuple(entities), ()) for name, entities in golds.items()]
    return compare_articles(articles, found, (), load_ontology())


def figure(name: str, compared: Sequence[ArticleComparison]) -> Figure:
    return next(each for each in score(compared) if each.name == name)


def links(entities: Sequence[GoldEntity], found: Extraction) -> tuple[float, int, float, int]:
    """(right links, links, gold entities hit, gold entities wanted)."""
    row = figure("links", compare({"a": entities}, found))
    return row.hits, row.found, round(row.recall * row.wanted, 2), row.wanted


def b_cubed(golds: Mapping[str, Sequence[GoldEntity]], *found: Extraction) -> tuple[float, float]:
    row = figure("mention_b3_f1", compare(golds, *found))
    return row.precision, row.recall


def test_an_entity_that_is_named_often_is_one_link() -> None:
    found = read("a", "Russia, Russia and Russia.", ("Russia", RUSSIA), ("Russia", RUSSIA))
    assert links([gold("russia", "Q159", "Russia")], found) == (1, 1, 1, 1)


def test_one_wrong_mention_is_a_wrong_link_beside_the_right_one() -> None:
    found = read("a", "Georgia and Georgia.", ("Georgia", GEORGIA), ("Georgia", STATE))
    assert links([gold("georgia", "Q230", "Georgia")], found) == (1, 2, 1, 1)


def test_who_is_found_without_a_wikidata_id_is_missed_and_no_wrong_link() -> None:
    found = read("a", "Volkov spoke.", ("Volkov", UNKNOWN))
    assert links([gold("volkov", "Q1", "Volkov", kind=EntityKind.PERSON)], found) == (0, 0, 0, 1)


def test_only_names_link() -> None:
    found = read("a", "Russia said it would.", ("Russia", RUSSIA), form=MentionForm.NOMINAL)
    assert links([gold("russia", "Q159", "Russia")], found) == (0, 0, 0, 1)


def test_where_gold_does_not_say_who_it_is_nothing_is_wrong() -> None:
    found = read("a", "Volkov, Georgia, Russia.", ("Volkov", PUTIN), ("Georgia", STATE), ("Russia", RUSSIA))
    undecided = gold("georgia", "Q230", "Georgia", debatable=True)
    assert links([gold("volkov", None, "Volkov"), undecided], found) == (0, 0, 0, 0)


def test_an_entity_that_is_nowhere_named_is_not_wanted() -> None:
    assert links([gold("russia", "Q159")], read("a", "The country said so.")) == (0, 0, 0, 0)


def test_an_article_that_was_not_read_has_its_links_missed() -> None:
    row = figure("links", compare({"a": [gold("russia", "Q159", "Russia")]}))
    assert counts(row) == (0, 0, 1)


@pytest.mark.parametrize(
    ("text", "surface", "words"),
    [
        ("The Russia of today", "Russia", "The Russia"),
        ("Russia’s army", "Russia", "Russia’s"),
        ("Russia's army", "Russias", "Russia"),
        ("Russias army", "Russias", "Russias"),
        ("Upper\xa0Russia", "Upper Russia", "Upper\xa0Russia"),
    ],
)
def test_the_article_and_the_possessive_do_not_matter(text: str, surface: str, words: str) -> None:
    assert links([gold("russia", "Q159", surface)], read("a", text, (words, RUSSIA))) == (1, 1, 1, 1)


@pytest.mark.parametrize("words", ["Mr Putin", "Putin", "President Vladimir Putin", "Vladimir Putin"])
def test_a_person_may_be_found_with_more_or_fewer_names(words: str) -> None:
    text = f"{words} spoke." if words != "Putin" else "Vladimir Putin spoke."
    surface = "Putin" if words != "Putin" else "Vladimir Putin"
    entities = [gold("putin", "Q7747", surface, kind=EntityKind.PERSON)]
    assert links(entities, read("a", text, (words, PUTIN))) == (1, 1, 1, 1)


@pytest.mark.parametrize(("text", "words"), [("Bank of Russia", "Bank of Russia"), ("Russia Today", "Russia Today")])
def test_a_longer_name_is_another_name(text: str, words: str) -> None:
    assert links([gold("russia", "Q159", "Russia")], read("a", text, (words, GEORGIA))) == (0, 0, 0, 1)


def test_the_longest_name_of_the_gold_takes_the_words_and_whole_words_only() -> None:
    entities = [gold("us", "Q30", "U.S."), gold("state", "Q789915", "U.S. State Department"), gold("us2", "Q1", "US")]
    found = read("a", "The U.S. State Department told the MUSE.", ("U.S. State Department", RUSSIA))
    # The US is wanted all the same, being named in the gold.
    assert links(entities, found) == (0, 1, 0, 3)


def test_a_name_of_two_gold_entities_is_right_for_whichever_it_was_taken_for() -> None:
    entities = [gold("georgia", "Q230", "Georgia"), gold("state", "Q1428", "Georgia", kind=EntityKind.REGION)]
    assert links(entities, read("a", "Georgia and Georgia", ("Georgia", STATE), ("Georgia", GEORGIA))) == (2, 2, 2, 2)
    assert links(entities, read("a", "Georgia", ("Georgia", RUSSIA))) == (0, 1, 0, 2)
    assert counts(figure("mention_b3_f1", compare({"a": entities}, read("a", "Georgia", ("Georgia", STATE))))) == (0, 0, 0)


def test_b_cubed_counts_names_over_all_articles() -> None:
    russia, putin = gold("russia", "Q159", "Russia"), gold("putin", "Q7747", "Putin", kind=EntityKind.PERSON)
    split = entity("Russian Federation", id_="ent_split")
    first = read("a", "Russia, Putin, Russia", ("Russia", RUSSIA), ("Putin", RUSSIA), ("Russia", RUSSIA))
    second = read("b", "Russia", ("Russia", split))
    precision, recall = b_cubed({"a": [russia, putin], "b": [russia]}, first, second)
    # Found together: Russia, Putin, Russia; alone: Russia. Precise by 2/3, 1/3, 2/3, 1; recalled by 2/3, 1, 2/3, 1/3.
    assert (precision, recall) == (round(8 / 12, 3), round(8 / 12, 3))


def test_a_name_that_was_not_found_stands_alone_and_is_not_precise() -> None:
    found = read("a", "Russia, Russia, Russia, Russia", ("Russia", RUSSIA), ("Russia", RUSSIA))
    assert b_cubed({"a": [gold("russia", "Q159", "Russia")]}, found) == (1, round((2 / 4 + 2 / 4 + 1 / 4 + 1 / 4) / 4, 3))


def test_without_a_wikidata_id_kind_and_name_say_who_is_one_and_an_id_elsewhere_holds() -> None:
    known, looked_up = gold("volkov", None, "Volkov"), gold("volkov", "Q5", "Volkov")
    place = replace(known, kind=EntityKind.REGION)
    texts = [read(name, "Volkov", ("Volkov", UNKNOWN)) for name in "abc"]
    assert b_cubed({"a": [known], "b": [replace(known, names=("VOLKOV",))], "c": [looked_up]}, *texts) == (1, 1)
    assert b_cubed({"a": [known], "b": [place]}, *texts[:2]) == (0.5, 1)


def test_entities_that_the_knowledge_base_takes_for_one_are_one() -> None:
    person = gold("zelensky", "Q5", "Zelensky", kind=EntityKind.PERSON)
    golds = {"a": [person], "b": [person]}
    named = ("Andriy Zelensky", "Andriy Zelenskiy", "Boris Zelensky")
    first, same, other = (entity(name, id_=local_entity_id("PERSON", name.casefold()), kind=EntityKind.PERSON) for name in named)
    before = read("a", "Zelensky", ("Zelensky", first))
    apart = compare(golds, before, read("b", "Zelensky", ("Zelensky", other)))
    assert figure("mention_b3_f1", apart).recall == 0.5
    together = compare(golds, before, read("b", "Zelensky", ("Zelensky", same)))
    assert figure("mention_b3_f1", together).recall == 1


def test_wrong_links_and_names_are_listed_with_whom_they_were_taken_for() -> None:
    entities = [
        gold("russia", "Q159", "Russia"),
        gold("georgia", "Q230", "Georgia"),
        gold("volkov", "Q5", "Volkov", kind=EntityKind.PERSON),
    ]
    text = "Russia, Georgia, Georgia, Russia, Volkov and Russia met."
    words = ("Russia", RUSSIA), ("Georgia", GEORGIA), ("Georgia", RUSSIA), ("Russia", RUSSIA), ("Volkov", UNKNOWN)
    compared = compare({"a": entities}, read("a", text, *words))
    misses = [miss for miss in list_misses(compared) if miss.noun in (Noun.LINK, Noun.NAME)]
    assert [(miss.noun, miss.fault, miss.subject, miss.object, miss.near) for miss in misses] == [
        (Noun.LINK, Fault.MISSED, "volkov", "Volkov", "Volkov"),
        (Noun.LINK, Fault.WRONG, "georgia", "Georgia", "Russia"),
        (Noun.NAME, Fault.MISSED, "russia", "Russia", ""),
        (Noun.NAME, Fault.SPLIT, "georgia", "Georgia", "Georgia"),
        (Noun.NAME, Fault.MERGED, "georgia", "Georgia", "russia"),
    ]
    assert {miss.sentence for miss in misses} == {text}
    assert [row for row in count_classes(compared) if row.noun is Noun.LINK] == [
        ClassCount(Noun.LINK, Fault.WRONG, "COUNTRY", 1, 3),
        ClassCount(Noun.LINK, Fault.MISSED, "PERSON", 1, 1),
    ]
    assert ClassCount(Noun.NAME, Fault.MISSED, "COUNTRY", 1, 5) in count_classes(compared)
    assert ClassCount(Noun.NAME, Fault.SPLIT, "COUNTRY", 1, 4) in count_classes(compared)
