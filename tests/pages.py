"""Pages of the documentation as programs: their console blocks are commands with what they must print."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = {".venv", ".venv-peers", "site", "node_modules", "changes", "build", "dist"}
BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"<!-- needs: (?P<what>\S+) -->")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Step:
    """One command of a page and what it prints."""

    line: int
    command: str
    expected: str


def markdown_files() -> list[Path]:
    """All Markdown pages of the project."""
    found = ROOT.rglob("*.md")
    return sorted(p for p in found if not LEFT_OUT & set(p.relative_to(ROOT).parts) and ".pytest_cache" not in p.parts)


def blocks(text: str, kind: str) -> Iterator[tuple[int, str]]:
    """Line number and text of every fenced block of a kind."""
    for match in BLOCK.finditer(text):
        if match["kind"] == kind:
            yield text.count("\n", 0, match.start()) + 2, match["text"]


def steps(text: str) -> list[Step]:
    """Every command of a page, in order."""
    found: list[Step] = []
    for first, block in blocks(text, "console"):
        for number, line in enumerate(block.splitlines(keepends=True)):
            if line.startswith("$ "):
                found.append(Step(first + number, line[2:].rstrip("\n"), ""))
            elif found and found[-1].command.endswith("\\") and not found[-1].expected:
                found[-1] = Step(found[-1].line, found[-1].command[:-1] + line.strip(), "")
            elif found:
                found[-1] = Step(found[-1].line, found[-1].command, found[-1].expected + line)
    return found


def needs(text: str) -> list[str]:
    """What a page wants to find in its folder: ``<!-- needs: online_retail/online_retail.parquet -->``."""
    return [match["what"] for match in NEEDS.finditer(text)]


class Shell:
    """Runs commands one after the other, keeping the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
            "COLUMNS": "100",
        }

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run one command; what it prints on both streams is in ``stdout``."""
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:].strip()).resolve()
            return subprocess.CompletedProcess(command, 0, "")
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def matches(expected: str, printed: str) -> bool:
    """Whether output is what a page says; ``...`` stands for anything."""
    # NORMALIZE_WHITESPACE wants both to end alike.
    return doctest.OutputChecker().check_output(expected.strip() + "\n", printed.strip() + "\n", FLAGS)
