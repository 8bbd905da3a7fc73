"""The documentation is true: its examples run, its links lead somewhere, and it leaves nothing out."""

import doctest
import importlib
import pkgutil
import re
import shutil

import pytest
from tests.commands import commands, options, root
from tests.conftest import real_data_folder
from tests.generated_pages import PAGES
from tests.pages import FLAGS, ROOT, Shell, markdown_files, matches, needs, steps

import segmentary
from segmentary.settings import PLAIN, TABLES, Settings

DOCS = ROOT / "docs"
MODULES = sorted(m.name for m in pkgutil.walk_packages(segmentary.__path__, "segmentary.") if "__main__" not in m.name)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
PICTURE = re.compile(r"!\[[^\]]*\]\((?P<target>[^)\s]+)\)")
PAGES_OF_MARKDOWN = pytest.mark.parametrize("path", markdown_files(), ids=lambda p: str(p.relative_to(ROOT)))


def runnable(path) -> bool:
    text = path.read_text(encoding="utf-8")
    # docs/questions.md has a test of its own, which runs its commands in one process.
    return "<!-- run by: " not in text and (bool(steps(text)) or ">>> " in text)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert result.failed == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", [p for p in markdown_files() if runnable(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_examples_in_pages(path, tmp_path, monkeypatch):
    text = path.read_text(encoding="utf-8")
    for what in needs(text):
        provide(what, tmp_path)
    shell = Shell(tmp_path)
    for step in steps(text):
        done = shell.run(step.command)
        where = f"{path.relative_to(ROOT)}:{step.line}: $ {step.command}"
        assert matches(step.expected, done.stdout), f"{where}\nexpected:\n{step.expected}\nprinted:\n{done.stdout}"
        assert done.returncode == 0 or "error: " in step.expected, f"{where}\nexit {done.returncode}\n{done.stdout}"
    monkeypatch.chdir(shell.folder)
    result = doctest.testfile(str(path), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert result.failed == 0


def provide(what, folder):
    """Put the data a page speaks of beside it."""
    if what == "generated":
        from segmentary.samples.generated import generate

        generate(folder / "business")
        return
    data = real_data_folder()
    if data is None:
        pytest.skip("no real data: set SEGMENTARY_DATA")
    shutil.copy(data / what, folder)


@PAGES_OF_MARKDOWN
def test_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in [m["target"] for m in [*LINK.finditer(text), *PICTURE.finditer(text)]]:
        if target.startswith(("https://", "http://", "mailto:", "#")):
            continue
        assert (path.parent / target.partition("#")[0]).exists(), f"{path.name}: {target}"


@PAGES_OF_MARKDOWN
def test_pictures_have_words_and_stay_here(path):
    for match in re.finditer(r"!\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)", path.read_text(encoding="utf-8")):
        assert match["words"].strip(), f"{path.name}: a picture without words"
        assert "://" not in match["target"], f"{path.name}: a picture from elsewhere"


@PAGES_OF_MARKDOWN
def test_a_page_has_one_title(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    fenced, titles = False, 0
    for line in lines:
        if line.startswith("```"):
            fenced = not fenced
        titles += line.startswith("# ") and not fenced
    assert titles == 1


def test_every_page_can_be_reached_from_the_first():
    seen, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        text = page.read_text(encoding="utf-8")
        waiting += [
            page.parent / m["target"].partition("#")[0] for m in LINK.finditer(text) if "://" not in m["target"]
        ]
    missing = [str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md") if p.resolve() not in seen]
    assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_made_from_the_code_are_current(name):
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run: .venv/bin/python -m tests.generated_pages"


def test_every_setting_is_documented_with_its_default():
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name in PLAIN:
        default = getattr(Settings(), name)
        shown = f'"{default}"' if isinstance(default, str) else str(default)
        assert f"| `{name}` | `{shown}` |" in page
    for name in TABLES:
        assert f"`[{name}." in page


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_and_option_is_documented(name, command):
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    heading = f"## segmentary {name}\n"
    assert heading in page
    section = page.partition(heading)[2].partition("\n## ")[0]
    for option, help_text in options(command):
        assert f"`{option}" in section, f"{option} of {name}"
        assert help_text, f"{option} of {name} has no help"


def test_the_options_before_the_command_are_documented():
    page = (DOCS / "cli.md").read_text(encoding="utf-8").partition("\n## ")[0]
    for option, _ in options(root()):
        assert f"`{option}" in page


def test_a_decision_says_context_decision_and_consequences():
    pages = sorted((DOCS / "decisions").glob("0*.md"))
    assert len(pages) >= 14
    for number, page in enumerate(pages, 1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. ")
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## Context",
            "## Decision",
            "## Consequences",
        ]


def test_the_site_shows_every_page():
    import yaml

    def pages(entry):
        match entry:
            case str():
                yield entry
            case list():
                for part in entry:
                    yield from pages(part)
            case dict():
                yield from pages(list(entry.values()))

    nav = set(pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]))
    assert nav == {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md")}
