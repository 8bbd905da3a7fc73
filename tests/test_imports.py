"""Imports point to the left, and starting is cheap."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    *("duckdb", "sqlglot", "pyarrow", "numpy", "altair", "pandas", "rich", "scipy", "jinja2", "yaml", "psycopg"),
    *("sklearn", "numba", "threadpoolctl", "xlsxwriter", "typst", "pptx"),
)


def imported_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has imported after running the code."""
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_rooms_import_only_to_the_left():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_importing_the_package_imports_nothing_heavy():
    assert not imported_by("import segmentary") & set(HEAVY)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([one, "--help"] for one in ("segment", "add", "discover", "market"))]
)
def test_help_imports_nothing_heavy(arguments):
    code = (
        "from segmentary.interfaces.cli.main import app\n"
        f"try:\n    app({arguments!r}, prog_name='segmentary')\nexcept SystemExit:\n    pass"
    )
    assert not imported_by(code) & set(HEAVY)


def test_the_oracle_needs_no_database():
    code = "from segmentary.language import oracle, tree, validate, walk"
    assert not imported_by(code) & {"duckdb", "pyarrow", "sqlglot", "psycopg"}


def test_the_installed_command_is_the_package():
    command = Path(sys.executable).with_name("segmentary")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    from segmentary import __version__

    assert done.stdout.strip() == f"segmentary {__version__}"
