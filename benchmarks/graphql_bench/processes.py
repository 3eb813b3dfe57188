"""Processor time and memory of running processes, from /proc."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_TICK: Final = 1.0 / os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """What a process, its threads and all that it ever started have used so far, in user and kernel mode."""
    return sum(_used(each) for each in [pid, *_descendants(pid)]) * _TICK


def resident_bytes(pid: int) -> int:
    """What a process and those that it started hold in memory; pages that they share count for each."""
    return sum(_resident(each) for each in [pid, *_descendants(pid)]) * _PAGE


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold anything; empty for a process that is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _used(pid: int) -> int:
    fields = _fields(pid)
    # utime and stime, and those of children that have ended and were waited for.
    return sum(map(int, fields[11:15])) if fields else 0


def _resident(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[21]) if fields else 0


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        mine = children.get(waiting.pop(), [])
        found += mine
        waiting += mine
    return found
