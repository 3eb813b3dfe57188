"""Every type of event is read from a plain sentence that tells of it, and words that only look like one tell of none."""

from __future__ import annotations

import pytest

from kb.ontology.loader import load_ontology
from tests.reading import triples

_PLAIN = [
    ("China recognizes Palestine as a state.", "China", "recognised", "Palestine"),
    ("France praised Germany.", "France", "supported", "Germany"),
    ("India signed a trade agreement with Australia.", "India", "signed_agreement_with", "Australia"),
    ("Joe Biden telephoned Emmanuel Macron.", "Joe Biden", "telephoned", "Emmanuel Macron"),
    ("Pope Francis met Viktor Orban in Budapest.", "Pope Francis", "met", "Viktor Orbán"),
    ("Qatar mediated between Israel and Hamas.", "Qatar", "mediated", "Hamas + Israel"),
    ("Japan negotiated with China.", "Japan", "negotiated_with", "China"),
    ("Canada promised to help Haiti.", "Canada", "promised", ""),
    ("Norway urged Israel to lift the blockade.", "Norway", "appealed_to", "Israel"),
    ("Poland demanded an apology from Hungary.", "Poland", "demanded_from", None),
    ("Pakistan cooperates closely with China on trade.", "Pakistan", "cooperated_with", "China"),
    ("Japan sent aid to Indonesia.", "Japan", "aided", "Indonesia"),
    ("Serbia withdrew its troops from Kosovo.", "Serbia", "yielded_to", "Kosovo"),
    ("The United Nations investigated Syria.", "United Nations", "investigated", "Syria"),
    ("Ireland condemned Israel.", "Ireland", "condemned", "Israel"),
    ("Armenia accused Azerbaijan of breaking the ceasefire.", "Armenia", "accused", "Azerbaijan"),
    ("Hungary rejected the proposal of the European Union.", "Hungary", "rejected", "European Union"),
    ("Myanmar denied the allegations.", "Myanmar", "denied", ""),
    ("North Korea warned South Korea.", "North Korea", "warned", "South Korea"),
    ("Turkey threatened Greece with war.", "Turkey", "threatened", "Greece"),
    ("Opposition supporters protested against Alexander Lukashenko.", None, "protested_against", "Alexander Lukashenko"),
    ("Ethiopia sent troops to Somalia.", "Ethiopia", "deployed_forces_to", "Somalia"),
    ("Canada imposed sanctions on Belarus.", "Canada", "sanctioned", "Belarus"),
    ("Colombia broke off diplomatic relations with Venezuela.", "Colombia", "reduced_relations_with", "Venezuela"),
    ("Egypt arrested Mohamed Morsi.", "Egypt", "coerced", "Mohamed Morsi"),
    ("Azerbaijan attacked Armenia.", "Azerbaijan", "attacked", "Armenia"),
    ("Russia annexed Crimea.", "Russia", "occupied", "Crimea"),
    ("Xi Jinping commented on Taiwan.", "Xi Jinping", "stated_about", "Taiwan"),
]


@pytest.mark.parametrize(("text", "subject", "type_", "object_"), _PLAIN, ids=[row[2] for row in _PLAIN])
def test_a_plain_sentence_of_each_type(text: str, subject: str | None, type_: str, object_: str | None) -> None:
    """None stands for a side that the sentence gives no name."""
    found = [t for t in triples(text) if t[1] == type_]
    assert len(found) == 1
    assert subject in (None, found[0][0])
    assert object_ in (None, found[0][2])


def test_no_type_of_the_ontology_goes_without_a_plain_sentence() -> None:
    assert sorted(row[2] for row in _PLAIN) == sorted(load_ontology().event_types)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The noun for the act tells it as well as the verb.
        ("Russia's recognition of Abkhazia angered Georgia.", ("Russia", "recognised", "Abkhazia")),
        ("Sweden voiced support for Finland.", ("Sweden", "supported", "Finland")),
        (
            "Merkel's call on Turkey went unheard, but Angela Merkel met Erdogan.",
            ("Angela Merkel", "met", "Recep Tayyip Erdoğan"),
        ),
        ("Egypt and Ethiopia signed a treaty.", ("Egypt + Ethiopia", "signed_agreement_with", "")),
        # Words that go together decide.
        ("Sweden called on Turkey to release the prisoners.", ("Sweden", "appealed_to", "Turkey")),
        ("Iran released the American sailors.", ("Iran", "yielded_to", None)),
        ("Angela Merkel spoke by phone with Vladimir Putin.", ("Angela Merkel", "telephoned", "Vladimir Putin")),
        ("Iran refused to negotiate with the United States.", ("Iran", "rejected", None)),
        ("Emmanuel Macron visited Algeria.", ("Emmanuel Macron", "met", "Algeria")),
        ("India deployed soldiers to Kashmir.", ("India", "deployed_forces_to", "Kashmir")),
        ("Israel bombed Gaza.", ("Israel", "attacked", "Gaza Strip")),
        ("Kosovo does not accept the independence of Abkhazia.", ("Kosovo", "recognised", None)),
    ],
)
def test_phrases_that_tell_the_same(text: str, expected: tuple[str, str, str | None]) -> None:
    found = triples(text)
    assert any(s == expected[0] and t == expected[1] and expected[2] in (None, o) for s, t, o in found), found


@pytest.mark.parametrize(
    "text",
    [
        "The weather in Norway was mild.",
        "Brazil is the largest country of South America.",
        "Emmanuel Macron was born in Amiens.",
        "The attack helicopter stood in a hangar in Poland.",
        "The company sent a parcel to Somalia.",
        "",
    ],
)
def test_sentences_without_an_event_yield_none(text: str) -> None:
    assert triples(text) == set()


def test_sanctions_need_the_noun_and_not_just_the_verb() -> None:
    assert not any(t == "sanctioned" for _, t, _ in triples("Canada imposed a deadline on Belarus."))


def test_sending_troops_is_no_aid_and_sending_aid_no_deployment() -> None:
    assert {t for _, t, _ in triples("Ethiopia sent troops to Somalia.")} == {"deployed_forces_to"}
    assert {t for _, t, _ in triples("Ethiopia sent food to Somalia.")} == {"aided"}
