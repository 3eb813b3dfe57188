"""Each type, modality and form of attribution in plain sentences, read as `kb ingest` reads them: rules and network together."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from kb.domain.claim import Claim, Modality, Role
from kb.domain.extraction import Extraction
from kb.ingest.extract import Extractor
from kb.ontology.loader import load_ontology
from kb.settings import ACCURATE, LEARNED, RULES, read_settings
from kb.sources.clean import to_article
from kb.sources.plain import read_plain
from tests import reading

ONTOLOGY = load_ontology()

# Type, sentence, and part of the name of one subject and one object; where there is no direction, of the two who take part.
STATED = [
    ("recognised", "Norway recognised the State of Palestine on Tuesday.", "Norway", "Palestine"),
    ("recognised", "Colombia's recognition of Kosovo was welcomed in Pristina.", "Colombia", "Kosovo"),
    ("supported", "India backed Vietnam in the dispute over the islands.", "India", "Vietnam"),
    ("supported", "President Lula da Silva praised Bolivia for its patience.", "Lula", "Bolivia"),
    ("signed_agreement_with", "Japan and Australia signed a defence treaty in Tokyo on Thursday.", "Japan", "Australia"),
    ("signed_agreement_with", "Kenya signed a trade agreement with Ethiopia.", "Kenya", "Ethiopia"),
    ("telephoned", "Emmanuel Macron spoke by phone with Recep Tayyip Erdogan on Sunday.", "Macron", "Recep Tayyip"),
    ("met", "Angela Merkel met Xi Jinping in Beijing.", "Merkel", "Xi"),
    ("met", "Egypt and Sudan met in Khartoum.", "Egypt", "Sudan"),
    ("mediated", "Oman mediated between Iran and Saudi Arabia.", "Oman", "Iran"),
    ("mediated", "Norway is mediating between Colombia and the rebels.", "Norway", "Colombia"),
    ("negotiated_with", "Greece is negotiating with Turkey over the sea border.", "Greece", "Turkey"),
    ("promised", "Japan offered the Philippines its help.", "Japan", "Philippines"),
    ("appealed_to", "The United Nations urged Sudan to open its borders.", "United Nations", "Sudan"),
    ("appealed_to", "Spain appealed to Morocco for calm.", "Spain", "Morocco"),
    ("demanded_from", "Poland demanded an apology from Germany.", "Poland", "Germany"),
    ("demanded_from", "Argentina demanded that Britain return the islands.", "Argentina", "United Kingdom"),
    ("cooperated_with", "India cooperated with Bhutan on the new border road.", "India", "Bhutan"),
    ("cooperated_with", "Poland shares intelligence with Ukraine.", "Poland", "Ukraine"),
    ("aided", "Germany sent food and medicine to Somalia.", "Germany", "Somalia"),
    ("aided", "China gave Pakistan a loan of two billion dollars.", "China", "Pakistan"),
    ("yielded_to", "Israel released 30 Jordanian prisoners to Jordan.", "Israel", "Jordan"),
    ("yielded_to", "Turkey lifted its embargo on Armenia.", "Turkey", "Armenia"),
    ("investigated", "The European Commission is investigating Google over its prices.", "European Commission", "Google"),
    ("investigated", "Prosecutors opened an investigation into Petrobras.", "prosecutors", "Petrobras"),
    ("condemned", "Brazil condemned Israel for the raid.", "Brazil", "Israel"),
    ("condemned", "Ireland's prime minister criticised Hungary on Monday.", None, "Hungary"),
    ("accused", "Ukraine accused Hungary of spying.", "Ukraine", "Hungary"),
    ("accused", "Ethiopia blamed Eritrea for the attack.", "Ethiopia", "Eritrea"),
    ("rejected", "Hungary vetoed the European Union's plan.", "Hungary", "European Union"),
    ("rejected", "Serbia rejected the European Union's offer.", "Serbia", "European Union"),
    ("denied", "Rwanda denied the accusation.", "Rwanda", None),
    ("warned", "China warned Taiwan against playing with fire.", "China", "Taiwan"),
    ("warned", "The United States warned Turkey of serious consequences.", "United States", "Turkey"),
    ("threatened", "Donald Trump threatened Mexico with tariffs.", "Trump", "Mexico"),
    ("protested_against", "Thousands of students demonstrated against the government in Dhaka.", "students", None),
    ("protested_against", "Farmers protested against the European Union in Brussels.", "farmers", "European Union"),
    ("deployed_forces_to", "France sent troops to Mali.", "France", "Mali"),
    ("deployed_forces_to", "Russia deployed missiles in Kaliningrad.", "Russia", "Kaliningrad"),
    ("sanctioned", "The European Union imposed sanctions on Belarus.", "European Union", "Belarus"),
    ("sanctioned", "Switzerland froze the assets of Myanmar.", "Switzerland", "Myanmar"),
    ("reduced_relations_with", "Sweden recalled its ambassador from Iran.", "Sweden", "Iran"),
    ("reduced_relations_with", "Bolivia broke off diplomatic relations with Israel.", "Bolivia", "Israel"),
    ("coerced", "Police arrested Alexei Navalny at the airport.", "Police", "Navalny"),
    ("coerced", "Egypt banned the Muslim Brotherhood.", "Egypt", "Muslim Brotherhood"),
    ("attacked", "Azerbaijan shelled Armenia overnight.", "Azerbaijan", "Armenia"),
    ("attacked", "Israeli jets bombed Gaza on Friday.", "Israel", "Gaza"),
    ("occupied", "Rwandan troops occupied Goma.", "Rwanda", "Goma"),
    ("occupied", "Iraq annexed Kuwait in 1990.", "Iraq", "Kuwait"),
    ("stated_about", "Vladimir Putin commented on Finland's position.", "Putin", "Finland"),
]
PUT = [
    ("planned", "sanctioned", "France will impose sanctions on Belarus next week."),
    ("planned", "deployed_forces_to", "Canada announced that it would send troops to Latvia."),
    ("threatened", "attacked", "If Iran builds a bomb, Israel will attack it, the minister said."),
    ("threatened", "sanctioned", "The United States threatened to impose sanctions on Turkey."),
    ("requested", "aided", "Kyiv on Monday urged Germany to supply Ukraine with more tanks."),
    ("requested", "yielded_to", "The United Nations demanded that Israel release the prisoners."),
    ("possible", "sanctioned", "Russia may impose sanctions on Moldova."),
    ("possible", "attacked", "China could attack Taiwan, analysts say."),
    ("denied", "attacked", "Russia denied that it had attacked Georgia."),
    ("denied", "recognised", "Pakistan has never recognised Israel."),
    ("actual", "attacked", "Turkey shelled Syria on Sunday."),
]
SAID = [
    ("attacked", '"Georgia attacked Russia," Sergei Lavrov said.', "Sergei Lavrov"),
    ("attacked", "Sergei Lavrov said that Georgia had attacked Russia.", "Sergei Lavrov"),
    ("coerced", "According to Amnesty International, Egypt arrested thousands of protesters.", "Amnesty International"),
    ("rejected", "Angela Merkel flew home on Monday. She said that Greece had rejected the offer of Germany.", "Angela Merkel"),
    ("attacked", "Russia attacked Mariupol, Ukraine said.", "Ukraine"),
    ("attacked", '"Russia," Jens Stoltenberg said, "has attacked Ukraine."', "Jens Stoltenberg"),
    (
        "sanctioned",
        "The bloc's foreign policy chief, Josep Borrell, said the European Union would impose sanctions on Belarus.",
        "Josep Borrell",
    ),
]


@cache
def extractor() -> Extractor:
    """The extractor as it is installed."""
    return Extractor.open(read_settings())


def extract(text: str) -> Extraction:
    """What is read in one paragraph under a headline that says nothing."""
    return extractor().extract(reading.make_article(f"A report\n{text}"))


def names(extraction: Extraction, claim: Claim, role: Role) -> str:
    """The names of all in a role of a claim."""
    by_id = {entity.id: entity.name for entity in extraction.entities}
    return "; ".join(by_id[key] for key in claim.entity_ids(role))


def takes_part(part: str | None, everybody: str) -> bool:
    return part is None or part.casefold() in everybody.casefold()


@pytest.mark.parametrize(("type_", "sentence", "subject", "object_"), STATED)
def test_who_does_what_to_whom(type_: str, sentence: str, subject: str | None, object_: str | None) -> None:
    extraction = extract(sentence)
    found = []
    for claim in extraction.claims:
        subjects, objects = names(extraction, claim, Role.SUBJECT), names(extraction, claim, Role.OBJECT)
        if ONTOLOGY.event_types[claim.type].symmetric:
            subjects = objects = f"{subjects}; {objects}"
        found.append((claim.type, subjects, objects))
    assert any(t == type_ and takes_part(subject, s) and takes_part(object_, o) for t, s, o in found), found


def test_every_type_has_an_example() -> None:
    assert {type_ for type_, *_ in STATED} == set(ONTOLOGY.event_types)


@pytest.mark.parametrize(("modality", "type_", "sentence"), PUT)
def test_how_it_is_put(modality: str, type_: str, sentence: str) -> None:
    found = [(claim.type, claim.modality) for claim in extract(sentence).claims]
    assert (type_, Modality(modality)) in found, found


def test_every_modality_has_an_example() -> None:
    assert {modality for modality, *_ in PUT} == set(map(str, Modality))


@pytest.mark.parametrize(("type_", "text", "speaker"), SAID)
def test_whose_words_it_is(type_: str, text: str, speaker: str) -> None:
    extraction = extract(text)
    found = [(claim.type, names(extraction, claim, Role.SPEAKER)) for claim in extraction.claims]
    assert any(t == type_ and takes_part(speaker, s) for t, s in found), found


@pytest.mark.parametrize("reader", [LEARNED, ACCURATE])
def test_a_learned_reader_reads_the_plainest_sentences(reader: str) -> None:
    if reader == ACCURATE:
        reading.expect_base()
    learned = Extractor.open(replace(read_settings(), reader=reader))
    for type_, sentence in (
        ("sanctioned", "The European Union imposed sanctions on Belarus."),
        ("met", "Angela Merkel met Xi Jinping in Beijing."),
    ):
        claims = learned.extract(reading.make_article(f"A report\n{sentence}")).claims
        assert type_ in {claim.type for claim in claims}
        assert all(0 < claim.confidence < 1 for claim in claims)


def test_the_learned_reader_reads_the_same_twice() -> None:
    learned = Extractor.open(replace(read_settings(), reader=LEARNED))
    article = reading.make_article(
        "A report\nAngela Merkel met Xi Jinping in Beijing. She urged China to lift its sanctions on Lithuania."
    )
    assert learned.extract(article) == learned.extract(article)


@pytest.mark.parametrize("reader", [RULES, LEARNED, ACCURATE])
def test_every_participant_that_a_mention_names_is_mentioned(reader: str) -> None:
    if reader == ACCURATE:
        reading.expect_base()
    extractor = Extractor.open(replace(read_settings(), reader=reader))
    for path in sorted((Path(__file__).parents[2] / "seeds" / "articles").glob("*.txt")):
        article = to_article(read_plain(path.read_text("utf-8"), path.name, path.name), extractor.known_names)
        extraction = extractor.extract(article)
        mentions = {mention.id for mention in extraction.mentions}
        entities = {entity.id for entity in extraction.entities}
        arguments = [argument for claim in extraction.claims for argument in claim.arguments]
        assert arguments
        assert {a.mention_id for a in arguments if a.mention_id is not None} <= mentions
        assert {a.entity_id for a in arguments} <= entities
