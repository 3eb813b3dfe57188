"""Who did it to whom, however the sentence is built, and what a reaction is about."""

from __future__ import annotations

import pytest

from kb.domain.claim import Role
from tests.reading import claim_of, read, told, triples

Triple = tuple[str, str, str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Passive.
        ("Serbia was condemned by Albania.", ("Albania", "condemned", "Serbia")),
        ("Kosovo was recognised by Peru in 2008.", ("Peru", "recognised", "Kosovo")),
        ("Iran has been sanctioned by the United States.", ("United States", "sanctioned", "Iran")),
        ("Kosovo, recognised by Peru, thanked Albania.", ("Peru", "recognised", "Kosovo")),
        ("Taiwan was threatened by China and North Korea.", ("China + North Korea", "threatened", "Taiwan")),
        # Coordination of subjects, objects and verbs.
        ("Germany, France and Poland condemned Belarus.", ("France + Germany + Poland", "condemned", "Belarus")),
        ("France condemned Mali and Niger.", ("France", "condemned", "Mali + Niger")),
        ("Egypt attacked Sudan and threatened Ethiopia with war.", ("Egypt", "threatened", "Ethiopia")),
        # Relative clauses and participles.
        ("Sudan, which attacked Chad, condemned Libya.", ("Sudan", "attacked", "Chad")),
        ("Sudan, which attacked Chad, condemned Libya.", ("Sudan", "condemned", "Libya")),
        ("Ethiopia, accused by Sudan of aggression, was silent.", ("Sudan", "accused", "Ethiopia")),
        ("Emmanuel Macron, who met Viktor Orban, was silent.", ("Emmanuel Macron", "met", "Viktor Orbán")),
        # Who stands between subject and verb is not the one who acts.
        ("Nikol Pashinyan, an old friend of France, accused Turkey of aggression.", ("Nikol Pashinyan", "accused", "Turkey")),
        ("The prime minister of Hungary, Viktor Orban, visited Belgrade.", ("Viktor Orbán", "met", "Belgrade")),
        # Forces and governments act for their countries; a place stands behind its preposition.
        ("Russian troops attacked Kharkiv.", ("Russia", "attacked", "Kharkiv")),
        ("The German government condemned Belarus.", ("Germany", "condemned", "Belarus")),
        ("Iraq seized the city of Khorramshahr.", ("Iraq", "occupied", "Khorramshahr")),
        # Owners of what is acted on.
        ("Germany condemned Russia's recognition of Abkhazia.", ("Germany", "condemned", "Russia")),
        ("Germany condemned Russia's recognition of Abkhazia.", ("Russia", "recognised", "Abkhazia")),
    ],
)
def test_who_did_it_to_whom(text: str, expected: Triple) -> None:
    assert expected in triples(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Poland urged Russia to withdraw from Georgia.",
            {("Poland", "appealed_to", "Russia"), ("Russia", "yielded_to", "Georgia")},
        ),
        (
            "Poland called on Russia to recognise Kosovo.",
            {("Poland", "appealed_to", "Russia"), ("Russia", "recognised", "Kosovo")},
        ),
        ("Japan asked China to recognise Taiwan.", {("Japan", "appealed_to", "China"), ("China", "recognised", "Taiwan")}),
        ("Joe Biden threatened to impose sanctions on Iran.", {("Joe Biden", "sanctioned", "Iran")}),
        ("Iran refused to negotiate with the United States.", {("Iran", "negotiated_with", "United States")}),
        ("Canada promised to help Haiti.", {("Canada", "aided", "Haiti")}),
    ],
)
def test_who_does_what_an_infinitive_says(text: str, expected: set[Triple]) -> None:
    assert expected <= triples(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sanctions were imposed on those responsible.",
        "France condemned the move.",
        "Several people were arrested.",
    ],
)
def test_a_side_without_a_name_is_never_filled_from_elsewhere(text: str) -> None:
    title = "Joe Biden met Boris Johnson in London"
    for item in told(read(f"{title}\n{text}")):
        if item.type != "met":
            assert item.object == ""


def test_every_argument_points_at_the_mention_that_says_so() -> None:
    extraction = read("Emmanuel Macron met Olaf Scholz. The French president praised Germany.")
    by_id = {m.id: m for m in extraction.mentions}
    praised = claim_of("supported", told(extraction)).claim
    assert [(a.role, by_id[a.mention_id or ""].text) for a in praised.arguments] == [
        (Role.SUBJECT, "The French president"),
        (Role.OBJECT, "Germany"),
    ]
    assert all(by_id[a.mention_id or ""].entity_id == a.entity_id for c in extraction.claims for a in c.arguments)


@pytest.mark.parametrize(
    "text",
    [
        "Russia recognised Abkhazia on Monday. Germany condemned the recognition.",
        "Russia recognised Abkhazia on Monday.\nGermany condemned the recognition.",
        "Russia recognised Abkhazia on Monday. Germany condemned the move.",
        "Russia recognised Abkhazia on Monday. Germany condemned Russia's decision.",
        "Germany condemned Russia's recognition of Abkhazia.",
    ],
)
def test_a_reaction_is_about_the_event_it_names(text: str) -> None:
    items = told(read(text))
    assert claim_of("condemned", items).claim.about_claim_id == claim_of("recognised", items).claim.id
    assert claim_of("recognised", items).claim.about_claim_id is None


def test_a_reaction_to_nothing_that_was_told_is_about_nothing() -> None:
    assert claim_of("condemned", told(read("Germany condemned Hungary."))).claim.about_claim_id is None
