"""What the environment says, where that depends on what is installed."""

from __future__ import annotations

import pytest

from kb import settings
from kb.settings import ACCURATE, LEARNED, RULES, read_settings


def test_the_accurate_reader_is_the_default_where_its_base_model_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_PACKAGES", ("pytest", "kb"))
    assert read_settings({}).reader == ACCURATE
    assert read_settings({"KB_READER": LEARNED}).reader == LEARNED
    assert read_settings({"KB_READER": RULES}).reader == RULES
    monkeypatch.setattr(settings, "BASE_PACKAGES", ("pytest", "no-such-package-as-this"))
    assert read_settings({}).reader == LEARNED
