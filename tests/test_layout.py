"""The rooms of the house: where things stand, how large they are, and that each has its test and its sign."""

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "segmentary"
ROOMS = (
    "engine",
    "ledger",
    "language",
    "sources",
    "identity",
    "profiles",
    "segments",
    "models",
    "dynamics",
    "market",
    "activation",
    "measurement",
    "report",
    "samples",
    "workspace",
    "interfaces",
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc", "tools", "shared"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

# Where a newcomer would look: if one of these moves, docs/rooms.md moves with it.
GUESS_THE_FILE = {
    "what many may read while one changes": "workspace/serving.py",
    "what can be done as a job": "workspace/job_kinds.py",
    "who may do what": "workspace/access/roles.py",
    "what every request passes first": "interfaces/http/guards.py",
    "an answer that says what went wrong": "interfaces/http/problems.py",
    "the segments of the API": "interfaces/http/routes/segments.py",
    "how quickly a preview counts": "workspace/previewing.py",
    "the page of segments": "interfaces/web/pages/segments.py",
    "the first page": "workspace/overview.py",
    "the look of pages": "interfaces/web/static/theme.css",
    "a file of strangers": "workspace/caged.py",
    "a new operator in rules": "language/tree.py",
    "how a definition becomes SQL": "language/compile_rules.py",
    "what a definition means": "language/oracle.py",
    "the YAML spelling": "language/yaml.py",
    "what a window is": "language/windows.py",
    "wrong e-mail or phone matching": "identity/keys.py",
    "CSV encodings and delimiters": "sources/files.py",
    "what the quality account finds": "sources/quality.py",
    "which column is what": "sources/mapping.py",
    "a tool's export that is not recognised": "sources/exports/export.py",
    "an opt-out that is ignored": "profiles/consent.py",
    "RFM scores": "models/rfm.py",
    "which kind a column is taken for": "models/table/guessing.py",
    "latent class analysis": "models/cluster/latent_class.py",
    "when segments are called natural": "models/validate/judging.py",
    "the steps of a discovery": "models/discover/discovery.py",
    "the name of a found segment": "models/describe/naming.py",
    "how the engine places people in found segments": "models/assign/sql.py",
    "standard errors of a survey": "market/survey_design.py",
    "weighting to margins": "market/raking.py",
    "golden questions": "market/typing_tool.py",
    "what a market's file may say": "workspace/market_plan.py",
    "retention cohorts": "measurement/retention.py",
    "what lifetime models are fitted to": "models/value/purchases.py",
    "lifetime value of a customer": "models/value/lifetime_value.py",
    "what features predictions are made of": "models/predict/features.py",
    "how a prediction is computed inside the engine": "models/predict/formula_sql.py",
    "survival curves": "models/survival/kaplan_meier.py",
    "the card of a model": "models/predict/card.py",
    "scores that become traits": "workspace/scores.py",
    "who moved between segments": "dynamics/transitions.py",
    "whether an experiment's arms have the right sizes": "measurement/experiment/sample_ratio.py",
    "the verdict of an experiment": "measurement/experiment/verdict.py",
    "whom an action helps": "measurement/uplift/uplift.py",
    "where to spend a budget": "measurement/budget.py",
    "what a segment over-uses": "measurement/tailoring/uses.py",
    "NPS of segments": "measurement/loyalty/satisfaction.py",
    "what a chatbot may say": "activation/chat/saying.py",
    "how a journey goes on": "activation/journey/engine.py",
    "what is due now": "workspace/ticking.py",
    "why somebody is not written to": "activation/audience.py",
    "names of reactions to messages": "sources/reactions.py",
    "a slow statement on DuckDB": "engine/duckdb.py",
    "why a person is in a segment": "segments/explain.py",
    "overlap of segments": "segments/overlap.py",
    "a ready-made segment": "segments/library.py",
    "the command `segmentary segment`": "interfaces/cli/segment.py",
    "what a setting means": "settings.py",
    "what a column of the warehouse means": "schema.py",
    "an error message": "errors.py",
    "what must never be lost": "ledger/ledger.py",
}


def python_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


def test_the_rooms_are_these():
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(ROOMS)


def test_a_room_door_holds_only_a_sign():
    for door in PACKAGE.rglob("__init__.py"):
        if door.parent == PACKAGE:
            continue
        tree = ast.parse(door.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{door} has no docstring"
        assert len(tree.body) == 1, f"{door} holds more than its docstring"


def test_no_file_has_a_name_that_says_nothing():
    names = {part for path in python_files() for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert not names & FORBIDDEN_NAMES


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE, "a file this long is asking to be two"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def imported(path: Path) -> set[str]:
    """Modules of ours that a module imports to use, not only to name types."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        waiting.extend(ast.iter_child_nodes(node))
    return found


def test_what_other_rooms_use_has_its_test():
    """A module that another room imports is tested in the mirrored place; parts of a room are tested through it."""
    uses: dict[str, set[str]] = {}
    for path in python_files():
        for name in imported(path):
            uses.setdefault(name, set()).add(path.relative_to(PACKAGE).parts[0])
    missing = []
    for path in python_files():
        inside = path.relative_to(PACKAGE)
        others = uses.get("segmentary." + ".".join(inside.with_suffix("").parts), set()) - {inside.parts[0]}
        mirrored = ROOT / "tests" / inside.parent / f"test_{path.stem}.py"
        if path.name != "__init__.py" and others and not mirrored.exists():
            missing.append(f"{inside} (used by {', '.join(sorted(others))})")
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_tests(room):
    assert list((ROOT / "tests" / room).rglob("test_*.py"))


@pytest.mark.parametrize("what", GUESS_THE_FILE)
def test_guess_the_file(what):
    assert (PACKAGE / GUESS_THE_FILE[what]).is_file(), f"{what}: moved? then say so in docs/rooms.md"


def test_the_import_contract_names_every_room():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(c for c in contracts if c["type"] == "layers")["layers"]
    named = {name.strip().removeprefix("segmentary.") for layer in layers for name in layer.split("|")}
    assert named == {*ROOMS, "errors", "schema", "settings"}


def test_pinned_requirements_name_no_address_and_no_path():
    for path in (ROOT / "requirements").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "://" not in line, f"{path.name}: {line}"
            assert not line.startswith(("-", "/")), f"{path.name}: {line}"
            assert "index" not in line.split("--hash")[0] or "==" in line, f"{path.name}: {line}"


def test_no_machine_path_and_no_data_is_committed():
    for name in tracked():
        path = ROOT / name
        assert path.suffix not in (".duckdb", ".parquet", ".pkl", ".pickle", ".zip"), name
        if path.is_file() and path.stat().st_size > 1_000_000:
            raise AssertionError(f"{name} is larger than 1 MB")
