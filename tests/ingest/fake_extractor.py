"""A small extractor whose behaviour the text of an article decides; importable by worker processes."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from kb.domain.article import Article
from kb.domain.extraction import Extraction
from kb.errors import ConfigError
from kb.settings import Settings


@dataclass(frozen=True)
class FakeExtractor:
    known_names: frozenset[str] = frozenset()

    def extract(self, article: Article) -> Extraction:
        if "RAISE" in article.text:
            raise ValueError("no such luck")
        if "DIE ALWAYS" in article.text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "DIE ONCE" in article.text:
            flag = Path(os.environ["TEST_FLAG"])
            if not flag.exists():
                flag.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if "HANG" in article.text:
            signal.pause()
        # Says who did it and with how many BLAS threads, where a test can read it.
        trace = f"{os.getpid()} {os.environ.get('OPENBLAS_NUM_THREADS')}"
        return Extraction(article, None, (), (), (), (), ()) if "TRACE" not in article.text else _traced(article, trace)


def _traced(article: Article, trace: str) -> Extraction:
    from dataclasses import replace

    return Extraction(replace(article, publisher=trace), None, (), (), (), (), ())


def open_fake(_settings: Settings) -> FakeExtractor:
    return FakeExtractor()


def open_without_model(_settings: Settings) -> FakeExtractor:
    raise ConfigError("no model is installed; install one")


def open_and_die(_settings: Settings) -> FakeExtractor:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")
