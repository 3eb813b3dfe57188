"""Whose words a claim is."""

from __future__ import annotations

import pytest

from tests.reading import claim_of, read, told


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Nikol Pashinyan said that Azerbaijan attacked Armenia on Monday.", "Nikol Pashinyan"),
        ("Nikol Pashinyan said Azerbaijan attacked Armenia on Monday.", "Nikol Pashinyan"),
        ("Azerbaijan attacked Armenia, according to Georgia.", "Georgia"),
        ("According to Georgia, Azerbaijan attacked Armenia.", "Georgia"),
        ("Azerbaijan attacked Armenia, Nikol Pashinyan said.", "Nikol Pashinyan"),
        ("Azerbaijan, Nikol Pashinyan said, attacked Armenia.", "Nikol Pashinyan"),
        # A quote before, after and around the words that give it.
        ('"Azerbaijan attacked Armenia," Nikol Pashinyan said.', "Nikol Pashinyan"),
        ('Nikol Pashinyan said: "Azerbaijan attacked Armenia."', "Nikol Pashinyan"),
        ('"Azerbaijan attacked Armenia," said Nikol Pashinyan, "and it will pay."', "Nikol Pashinyan"),
        ("“Azerbaijan attacked Armenia,” Pashinyan told reporters.", "Nikol Pashinyan"),
        # A paragraph that is one quote goes on from the one before.
        ('Nikol Pashinyan told our reporter that talks had begun.\n"Azerbaijan attacked Armenia on Monday."', "Nikol Pashinyan"),
        ('"We are tired," Nikol Pashinyan said.\n"Azerbaijan attacked Armenia on Monday."', "Nikol Pashinyan"),
        ('Nikol Pashinyan told our reporter.\n\n"Azerbaijan attacked Armenia on Monday."', ""),
        ('Nikol Pashinyan said so. It rained.\n"Azerbaijan attacked Armenia on Monday."', ""),
        # What follows a semicolon is the article's again.
        ("Georgia said that it would help; Azerbaijan attacked Armenia.", ""),
        # A pronoun, and a role.
        ("Nikol Pashinyan met reporters in Yerevan. He said that Azerbaijan attacked Armenia.", "Nikol Pashinyan"),
        ("The French president said that Azerbaijan attacked Armenia.", "Emmanuel Macron"),
        # Nobody's.
        ("Azerbaijan attacked Armenia.", ""),
        ("Azerbaijan attacked Armenia while Nikol Pashinyan spoke.", ""),
        ("Azerbaijan attacked Armenia. Nikol Pashinyan said nothing.", ""),
    ],
)
def test_whose_words_a_claim_is(text: str, speaker: str) -> None:
    item = claim_of("attacked", told(read(text)))
    assert (item.subject, item.object, item.speaker) == ("Azerbaijan", "Armenia", speaker)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("Poland urged Russia to withdraw from Georgia.", "appealed_to"),
        ("Myanmar denied the allegations.", "denied"),
        ("Armenia accused Azerbaijan of breaking the ceasefire.", "accused"),
        ('"We condemn Azerbaijan," Nikol Pashinyan said.', "condemned"),
    ],
)
def test_an_act_of_speech_is_not_reported_by_its_own_speaker(text: str, type_: str) -> None:
    assert claim_of(type_, told(read(text))).speaker == ""


@pytest.mark.parametrize(
    ("text", "type_", "speaker"),
    [
        ("Poland urged Russia to withdraw from Georgia.", "yielded_to", "Poland"),
        ("Russia denied that it had attacked Georgia.", "attacked", "Russia"),
        ("Joe Biden threatened to impose sanctions on Iran.", "sanctioned", "Joe Biden"),
        ("The European Union vowed to impose sanctions on Syria.", "sanctioned", "European Union"),
    ],
)
def test_what_is_asked_denied_or_threatened_is_in_the_words_of_who_does_so(text: str, type_: str, speaker: str) -> None:
    assert claim_of(type_, told(read(text))).speaker == speaker


def test_i_and_we_in_a_quote_are_its_speaker() -> None:
    assert claim_of("met", told(read('"I met Ilham Aliyev," Nikol Pashinyan said.'))).subject == "Nikol Pashinyan"
    assert claim_of("condemned", told(read('"We condemn Azerbaijan," Nikol Pashinyan said.'))).subject == "Nikol Pashinyan"


def test_two_speakers_of_one_paragraph_keep_their_words() -> None:
    text = "Ilham Aliyev said that Armenia attacked Azerbaijan. Nikol Pashinyan said that Azerbaijan attacked Armenia."
    found = {(item.subject, item.speaker) for item in told(read(text)) if item.type == "attacked"}
    assert found == {("Armenia", "Ilham Aliyev"), ("Azerbaijan", "Nikol Pashinyan")}
