"""What must hold of the repository itself: nothing of one machine or one registry in it, and files that fit each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
# Put together here, so that this file does not hold what it looks for.
REGISTRIES = re.compile("|".join(["py" + r"pi\.org", "python" + r"hosted\.", r"registry\.npm" + "js", r"deb\." + r"debian\."]))
MACHINE = re.compile(
    "|".join(["/wo" + r"rk/\w", "/wo" + r"rk/\.", "/fa" + "rm/", "/ro" + "ot/", "file" + ":///op", "/op" + "t/pypi"])
)
PLACEHOLDERS = re.compile("Not" + "ImplementedError|TO" + "DO|FIX" + "ME")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so nothing says which files are part of it")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def holding(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    found = []
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in [pattern.search(text)] if match]
    return found


def test_no_tracked_file_names_a_package_registry() -> None:
    assert holding(REGISTRIES, tracked()) == []


def test_no_tracked_file_names_a_path_of_a_machine() -> None:
    assert holding(MACHINE, tracked()) == []


def test_no_tracked_python_file_holds_a_placeholder() -> None:
    assert holding(PLACEHOLDERS, [path for path in tracked() if path.suffix == ".py"]) == []


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in (ROOT / "kb").rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_the_lock_pins_every_dependency_with_a_hash_and_without_torch() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([a-z0-9][a-z0-9-]*)==\S+(.*?)(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(pins) > 50
    assert [name for name, rest in pins if "--hash=sha256:" not in rest] == []
    assert not {"torch", "uv"} & {name for name, _ in pins}
    assert [line for line in lock.splitlines() if line.startswith("-") or "@" in line or "://" in line] == []


def test_the_lock_has_everything_that_the_project_asks_for() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[A-Za-z0-9_.-]+", line).group().lower().replace("_", "-") for line in wanted}  # type: ignore[union-attr]
    locked = set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    assert names - locked == set()


def test_the_ontology_is_sound() -> None:
    from kb.ontology.check import list_problems
    from kb.ontology.loader import load_ontology

    assert list_problems(load_ontology()) == ()


def compose() -> dict[str, dict[str, dict[str, object]]]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def test_compose_publishes_on_loopback_only() -> None:
    ports = [str(port) for service in compose()["services"].values() for port in service.get("ports", [])]  # type: ignore[attr-defined]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_compose_waits_for_the_database_its_migration_and_what_is_known() -> None:
    services = compose()["services"]
    assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert "healthcheck" in services["db"]
    assert services["reference"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    for name in ("api", "ingest"):
        assert services[name]["depends_on"] == {"reference": {"condition": "service_completed_successfully"}}
        assert services[name]["environment"]["KB_DATABASE_URL"].startswith("postgresql+psycopg://")  # type: ignore[index]
    assert "/readyz" in str(services["api"]["healthcheck"])


@pytest.mark.parametrize("service", ["migrate", "reference", "api", "ingest"])
def test_compose_runs_commands_that_the_command_line_has(service: str) -> None:
    """Each command must get past the parser: with --help behind it, it explains itself and ends well."""
    from kb.cli.main import run

    command = compose()["services"][service]["command"]
    assert isinstance(command, list)
    assert run([*command, "--help"]) == 0


def test_the_image_copies_what_exists_and_starts_the_command_line() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        *sources, _target = line.split()
        assert [source for source in sources if not (ROOT / source).exists()] == []
    assert 'ENTRYPOINT ["kb"]' in dockerfile
    assert "USER kb" in dockerfile
