"""Logs: on stderr, for people or for programs, from the command line as from the server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from kb.api.serving.logs import configure_logs
from kb.cli.main import run

LOG = logging.getLogger("kb.ingest.engines")
PIECES = ("a", "pass", "word")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leaves the loggers as other tests expect them."""
    loggers = [logging.getLogger(name) for name in ("kb", "uvicorn", "uvicorn.error")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    # A server that ran in this process before has a level of its own there.
    loggers[-1].setLevel(logging.NOTSET)
    yield
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers


def fail(secret: str) -> None:
    raise ZeroDivisionError("by nothing")


def test_programs_get_an_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json", "info")
    LOG.warning("a worker was lost while it read %s", "letter\n.txt", extra={"run": "run_1"})
    try:
        fail("-".join(PIECES))
    except ZeroDivisionError:
        LOG.exception("request %s failed", "abc")
    out, err = capsys.readouterr()
    assert out == ""
    first, second = map(json.loads, err.splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "level": "warning",
        "logger": "kb.ingest.engines",
        "event": "a worker was lost while it read letter\n.txt",
        "run": "run_1",
    }
    assert second["level"] == "error"
    assert "ZeroDivisionError: by nothing" in second["exception"]
    assert "-".join(PIECES) not in err


def test_people_get_lines_with_the_traceback_below(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("console", "info")
    logging.getLogger("uvicorn.error").info("Finished", extra={"color_message": "\x1b[36mFinished"})
    try:
        fail("-".join(PIECES))
    except ZeroDivisionError:
        LOG.exception("request failed")
    err = capsys.readouterr().err
    first, second, *rest = err.splitlines()
    assert "info" in first
    assert "Finished" in first
    assert "\x1b" not in err
    assert "request failed" in second
    assert rest[-1] == "ZeroDivisionError: by nothing"
    # What variables hold is nobody's business.
    assert "-".join(PIECES) not in err


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json", "error")
    LOG.warning("hardly worth it")
    LOG.error("worth it")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["worth it"]


def test_configured_twice_it_logs_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json", "info")
    configure_logs("json", "info")
    LOG.info("once")
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(("name", "value"), [("KB_LOG_FORMAT", "xml"), ("KB_LOG_LEVEL", "loud")])
def test_a_format_that_is_none_is_said_plainly(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert run(["db", "check"]) != 0
    assert f"error: {name}='{value}' is none of" in capsys.readouterr().err


def test_commands_log_as_the_settings_say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KB_LOG_FORMAT", "json")
    assert run(["--help"]) == 0
    capsys.readouterr()
    LOG.warning("said")
    assert json.loads(capsys.readouterr().err)["event"] == "said"
