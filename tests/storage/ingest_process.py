"""Run as a process of its own: migrates, ingests the sample, and can stop for good in the middle of one article's transaction."""

from __future__ import annotations

import signal
import sys

from kb.storage.session import Database
from kb.storage.writer import save_extraction
from tests.storage.synthetic import block_keys, ingest, sample


def main(url: str, size: int, stop_at: int) -> None:
    database = Database.open(url)
    database.upgrade()
    for number, extraction in enumerate(sample(size)):
        if number == stop_at:
            with database.transaction() as session:
                save_extraction(session, extraction, None, block_keys(extraction.claims))
                sys.stdout.write("stopped\n")
                sys.stdout.flush()
                signal.pause()
        ingest(database, [extraction])
    database.dispose()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
