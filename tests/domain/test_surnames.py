"""What people are called for short."""

from __future__ import annotations

import pytest

from kb.domain.surnames import list_surnames


@pytest.mark.parametrize(
    ("name", "surnames"),
    [
        ("Emmanuel Macron", ("Macron",)),
        ("Ursula von der Leyen", ("Leyen", "von der Leyen")),
        ("Charles de Gaulle", ("Gaulle", "de Gaulle")),
        ("Bashar al-Assad", ("al-Assad", "Assad")),
        ("Xi Jinping", ("Xi",)),
        ("Kim Jong-un", ("Kim",)),
        ("Kim Jong Un", ("Kim",)),
        ("Jim Yong Kim", ("Kim",)),
        ("Martin Luther King, Jr.", ("King",)),
        ("Pope Francis", ("Francis",)),
        ("Abdullah II", ()),
        ("Salman of Saudi Arabia", ()),
        ("King Abdullah II of Jordan", ()),
        ("Pelé", ()),
        ("", ()),
    ],
)
def test_what_somebody_is_called_for_short(name: str, surnames: tuple[str, ...]) -> None:
    assert list_surnames(name) == surnames
