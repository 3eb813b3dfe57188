"""Words, particles and phrases that state an event, and who stands where around them."""

from __future__ import annotations

import pytest

from kb.nlp.coreference import resolve_references
from kb.nlp.extract import extract_claims
from kb.nlp.mentions import find_names
from kb.nlp.pipeline import parse
from kb.resolve.linker import resolve_names
from tests.reading import make_article, open_extractor

Triple = tuple[str, str, str]


def triples(text: str) -> set[Triple]:
    """What the rules alone read in `text`, as (subject, type, object) in names; several names are joined by " + "."""
    extractor = open_extractor()
    parsed = parse(extractor.nlp, make_article(text))
    roles = extractor.lexicon.roles
    names = find_names(parsed, extractor.gazetteer, roles)
    referents, linked = resolve_names(names, extractor.gazetteer, parsed.published_on)
    referents, mentions = resolve_references(parsed, referents, linked, extractor.gazetteer, roles)

    def joined(pairs: tuple[tuple[int, int], ...]) -> str:
        keys = (referents[number].key for _, number in pairs)
        known = {extractor.gazetteer.entities[key].name if key else "?" for key in keys}
        return " + ".join(sorted(known))

    drafts = extract_claims(parsed, referents, mentions, extractor.lexicon, extractor.ontology)
    return {(joined(draft.subjects), draft.type, joined(draft.objects)) for draft in drafts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Whom something is given to needs no preposition.
        ("Germany gave Ukraine two helicopters.", ("Germany", "aided", "Ukraine")),
        ("Qatar lent Emmanuel Macron a plane.", ("Qatar", "aided", "Emmanuel Macron")),
        # What somebody calls somebody: beside it, after it, behind "as".
        ("Emmanuel Macron called Belarus a disgrace.", ("Emmanuel Macron", "condemned", "Belarus")),
        ("Emmanuel Macron described Russia's invasion as unacceptable.", ("Emmanuel Macron", "condemned", "Russia")),
        # Who says that something is wrong condemns who does it; who says that somebody is behind it accuses him.
        ("Emmanuel Macron said Russia's decision was a mistake.", ("Emmanuel Macron", "condemned", "Russia")),
        ("Emmanuel Macron said Russia was behind the attack.", ("Emmanuel Macron", "accused", "Russia")),
        # Who is recalled, expelled or told to leave stands for whom he serves, or for where he is posted.
        ("France recalled its ambassador to Turkey.", ("France", "reduced_relations_with", "Turkey")),
        ("Germany expelled two Russian diplomats.", ("Germany", "reduced_relations_with", "Russia")),
        # The name behind a kind of place, not the country before it.
        ("Belarus struck the northern Ukrainian city of Kharkiv.", ("Belarus", "attacked", "Kharkiv")),
        # The subject of an adjective is that of its infinitive.
        ("Emmanuel Macron was ready to meet Viktor Orban.", ("Emmanuel Macron", "met", "Viktor Orbán")),
        # Idioms.
        ("Zambia bailed out Malawi.", ("Zambia", "aided", "Malawi")),
        ("Emmanuel Macron rang Viktor Orban.", ("Emmanuel Macron", "telephoned", "Viktor Orbán")),
        ("Kenya cut off diplomatic ties with Ethiopia.", ("Kenya", "reduced_relations_with", "Ethiopia")),
        ("The United States hit Iran with sanctions.", ("United States", "sanctioned", "Iran")),
        ("Emmanuel Macron dissolved parliament.", ("Emmanuel Macron", "coerced", "-")),
    ],
)
def test_who_did_what(text: str, expected: Triple) -> None:
    if expected[2] == "-":
        assert expected[:2] in {(subject, type_) for subject, type_, _ in triples(text)}
    else:
        assert expected in triples(text)


def test_what_two_do_to_each_other_is_a_claim_each_way() -> None:
    assert {t for t in triples("Sudan and Chad accused each other of aggression.") if t[1] == "accused"} == {
        ("Sudan", "accused", "Chad"),
        ("Chad", "accused", "Sudan"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Emmanuel Macron said Russia's decision was not a mistake.",
        # Nobody says it but the article.
        "Russia's decision was a mistake.",
    ],
)
def test_what_nobody_calls_wrong_is_not_condemned(text: str) -> None:
    assert not [t for t in triples(text) if t[1] == "condemned"]


def test_who_asks_a_question_appeals_to_nobody() -> None:
    assert not [t for t in triples("Ukraine asked Poland whether Russia would attack.") if t[1] == "appealed_to"]


def test_a_particle_is_not_a_preposition_of_time() -> None:
    assert not [t for t in triples("Germany gave Ukraine two helicopters in May.") if t[1] == "yielded_to"]


def test_a_noun_with_one_side_only_is_no_claim() -> None:
    assert not [t for t in triples("France is the scene of a summit.") if t[1] == "met"]


def test_a_verb_of_help_without_anybody_helped_is_no_claim() -> None:
    assert not [t for t in triples("France helped.") if t[1] == "aided"]
