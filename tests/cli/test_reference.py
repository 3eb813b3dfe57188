"""`kb db reference`: what is known before any article is read, asked for as a user asks."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command import kb

QUERY = """{
  germany: entity(name: "Germany") {
    held: facts(asOf: "2015-06-01", predicate: [HOLDS_OFFICE], asObject: true) {
      subject { name } objectText validFrom validTo origin article { id } sentence { text } evidence { id }
    }
    never: facts(asOf: "1000-01-01", predicate: [HOLDS_OFFICE], asObject: true) { objectText }
    before: facts(knownAt: "2000-01-01T00:00:00Z", asObject: true) { objectText }
  }
  spokenOf: entities { totalCount }
  known: entities(filter: { withUnmentioned: true }) { totalCount }
  named: entities(filter: { name: "Bavaria" }) { nodes { name } }
}"""


def test_the_reference_set_comes_once_and_can_be_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kb.db'}"
    assert kb("db", "upgrade", url=url).returncode == 0
    first = kb("db", "reference", "--json", url=url)
    assert first.returncode == 0, first.stderr
    counts = json.loads(first.stdout)
    assert min(counts["entities"]["came"], counts["names"]["came"], counts["facts"]["came"]) > 5_000
    again = json.loads(kb("db", "reference", "--json", url=url).stdout)
    assert {count for noun in again.values() for count in noun.values()} == {0}

    answer = kb("query", "-", url=url, stdin=QUERY)
    assert answer.returncode == 0, answer.stderr
    data = json.loads(answer.stdout)["data"]
    (chancellor,) = [row for row in data["germany"]["held"] if row["objectText"] == "Chancellor of Germany"]
    assert chancellor["subject"]["name"] == "Angela Merkel"
    assert (chancellor["validFrom"], chancellor["validTo"]) == ("2005-11-22", "2021-12-08")
    assert (chancellor["article"], chancellor["sentence"]) == (None, None)
    assert chancellor["origin"]
    assert len(chancellor["evidence"]) == 1
    assert data["germany"]["never"] == data["germany"]["before"] == []
    assert data["spokenOf"]["totalCount"] == 0
    assert data["known"]["totalCount"] == counts["entities"]["came"]
    assert {"name": "Bavaria"} in data["named"]["nodes"]


def test_without_a_migrated_database_it_says_what_to_do(tmp_path: Path) -> None:
    done = kb("db", "reference", url=f"sqlite:///{tmp_path / 'kb.db'}")
    assert done.returncode == 1
    assert "kb db upgrade" in done.stderr
