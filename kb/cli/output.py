"""Where a command's results go: data to stdout, everything said about the work to stderr."""

from __future__ import annotations

import json
import sys


def write_json(value: object, *, compact: bool = True) -> None:
    """Write `value`, made of what JSON has, to stdout as one line of JSON, or indented for people when not `compact`."""
    separators = (",", ":") if compact else None
    json.dump(value, sys.stdout, ensure_ascii=False, separators=separators, indent=None if compact else 2)
    sys.stdout.write("\n")


def write_line(text: str) -> None:
    """Write one line of data to stdout."""
    sys.stdout.write(f"{text}\n")


def say(text: str) -> None:
    """Write one line about the work to stderr."""
    sys.stderr.write(f"{text}\n")


def say_error(code: str, message: str, *, as_json: bool) -> None:
    """One line on stderr that starts with "error:"; the same as a JSON object on stdout where the caller reads JSON."""
    say(f"error: {' '.join(message.split())}")
    if as_json:
        write_json({"error": {"code": code, "message": message}})
