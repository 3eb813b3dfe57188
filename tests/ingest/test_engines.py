from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.domain.article import RawDocument
from kb.domain.extraction import Extraction
from kb.errors import ConfigError, DocumentError, KbError
from kb.ingest.engines import Engine, InProcess, Opener, Outcome, Pool
from kb.settings import read_settings
from tests.ingest.fake_extractor import open_and_die, open_fake, open_without_model

SETTINGS = read_settings({})
PARAGRAPH = "The president of the republic told reporters in the capital on Monday that the ministers had met again."


def document(name: str, words: str = "") -> RawDocument:
    body = f"{name} is the title\n\n{PARAGRAPH} {words}\n\n{PARAGRAPH}"
    return RawDocument(file=f"{name}.txt", original=body, body=body)


def by_file(outcomes: list[Outcome]) -> dict[str, str]:
    return dict((o.article.file, "read") if isinstance(o, Extraction) else (o.origin, o.reason) for o in outcomes)


def in_process(opener: Opener) -> Engine:
    return InProcess(opener, SETTINGS)


def pool(opener: Opener) -> Engine:
    return Pool(opener, SETTINGS, 2)


@pytest.mark.parametrize("engine", [in_process, pool])
def test_a_document_that_crashes_the_extractor_does_not_take_the_others_along(engine: object) -> None:
    documents = [document("one"), document("two", "RAISE"), document("three"), document("four")]
    outcomes = list(engine(open_fake).extract_all(documents))  # type: ignore[operator]
    assert by_file(outcomes) == {"one.txt": "read", "two.txt": "internal", "three.txt": "read", "four.txt": "read"}
    (failure,) = [outcome for outcome in outcomes if isinstance(outcome, DocumentError)]
    assert "ValueError: no such luck" in failure.message


@pytest.mark.parametrize("engine", [in_process, pool])
def test_a_missing_model_is_said_as_it_is(engine: object) -> None:
    with pytest.raises(ConfigError, match="no model is installed"):
        list(engine(open_without_model).extract_all([document("one")]))  # type: ignore[operator]


@pytest.mark.parametrize("engine", [in_process, pool])
def test_nothing_is_opened_when_there_is_nothing_to_read(engine: object) -> None:
    assert list(engine(open_without_model).extract_all([])) == []  # type: ignore[operator]


def test_a_worker_that_is_killed_once_is_replaced_and_its_document_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TEST_FLAG", str(tmp_path / "died"))
    documents = [document("one"), document("two", "DIE ONCE"), *(document(f"more{n}") for n in range(4))]
    with caplog.at_level(logging.WARNING):
        outcomes = list(pool(open_fake).extract_all(documents))
    assert set(by_file(outcomes).values()) == {"read"}
    assert len(outcomes) == 6
    assert "ended by signal 9" in caplog.text
    assert "two.txt" in caplog.text


def test_a_document_that_kills_its_worker_again_goes_to_quarantine() -> None:
    documents = [document("one"), document("two", "DIE ALWAYS"), document("three")]
    outcomes = list(pool(open_fake).extract_all(documents))
    assert by_file(outcomes) == {"one.txt": "read", "two.txt": "internal", "three.txt": "read"}


def test_a_document_that_takes_too_long_goes_to_quarantine_and_the_others_are_read() -> None:
    impatient = read_settings({"KB_DOCUMENT_TIMEOUT_S": "3"})
    documents = [document("one", "HANG"), document("two"), document("three", "HANG"), document("four")]
    outcomes = list(Pool(open_fake, impatient, 1).extract_all(documents))
    assert by_file(outcomes) == {"one.txt": "timeout", "two.txt": "read", "three.txt": "timeout", "four.txt": "read"}
    (message,) = {outcome.message for outcome in outcomes if isinstance(outcome, DocumentError) and outcome.origin == "one.txt"}
    assert "3 s" in message
    assert "KB_DOCUMENT_TIMEOUT_S" in message


def test_time_in_which_nobody_asked_for_the_outcome_is_not_the_documents() -> None:
    impatient = read_settings({"KB_DOCUMENT_TIMEOUT_S": "3"})
    outcomes = []
    for outcome in Pool(open_fake, impatient, 1).extract_all([document("one"), document("two")]):
        outcomes.append(outcome)
        time.sleep(3.5)
    assert by_file(outcomes) == {"one.txt": "read", "two.txt": "read"}


def test_workers_that_die_while_they_start_end_the_run_with_one_error() -> None:
    with pytest.raises(KbError, match="could not start"):
        list(pool(open_and_die).extract_all([document("one"), document("two")]))


def test_workers_are_other_processes_with_one_blas_thread_each() -> None:
    outcomes = list(pool(open_fake).extract_all([document(f"n{n}", "TRACE") for n in range(3)]))
    traces = [o.article.publisher for o in outcomes if isinstance(o, Extraction)]
    assert len(traces) == 3
    for trace in traces:
        process, threads = str(trace).split()
        assert int(process) != os.getpid()
        assert threads == "1"


def test_documents_are_taken_only_as_workers_can_read_them() -> None:
    taken = 0

    def endless() -> Iterator[RawDocument]:
        nonlocal taken
        while True:
            taken += 1
            yield document(f"n{taken}")

    outcomes = pool(open_fake).extract_all(endless())
    for finished in range(1, 6):
        next(outcomes)
        assert taken <= finished + 2
    outcomes.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_document_error_survives_the_way_between_processes() -> None:
    error = DocumentError("a.txt", "language", "it is French")
    again = pickle.loads(pickle.dumps(error))
    assert (again.origin, again.reason, again.message) == ("a.txt", "language", "it is French")
