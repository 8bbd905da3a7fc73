"""docs/questions.md is true: every command runs on the real data, and the numbers are the published ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.questions import PAGE, comparable, file_of, played, prepare, printed_by, sections

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(300)]

SECTIONS = {section.name: section for section in sections(PAGE.read_text(encoding="utf-8"))}


class Transcripts:
    """Plays each section once, when it is asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folders: dict[str, Path] = {}
        self.steps: dict[str, list[tuple[str, str, str]]] = {}

    def of(self, name: str) -> list[tuple[str, str, str]]:
        """Every command of a section, what the page says, and what it printed."""
        if name not in self.steps:
            section = SECTIONS[name]
            missing = [need for need in section.needs if file_of(need) is None]
            if missing:
                pytest.skip(f"no real data: {', '.join(missing)} (set SEGMENTARY_DATA)")
            folder = self.root / re.sub(r"\W+", "_", name)
            folder.mkdir()
            prepare(section, folder)
            self.folders[name], self.steps[name] = folder, list(played(section, folder))
        return self.steps[name]


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory):
    return Transcripts(tmp_path_factory.mktemp("questions"))


@pytest.fixture
def ask(transcripts, monkeypatch):
    """Ask the workspace of a section something that the page does not show; the answer is JSON."""

    def ask(section: str, workspace: str, command: str):
        transcripts.of(section)
        monkeypatch.chdir(transcripts.folders[section] / workspace)
        return json.loads(printed_by(f"segmentary {command} --json"))

    return ask


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_shows_what_the_commands_print(transcripts, name):
    for command, expected, printed in transcripts.of(name):
        assert comparable(expected) == comparable(printed), f"{name}: $ {command}"


# ---------------------------------------------------------------- an online shop

SHOP = "An online shop"


@pytest.mark.parametrize(
    ("segment", "people"),
    [
        ("buyers", 4_338),
        ("lapsed", 861),
        ("regulars", 1_290),
        ("stopped_regulars", 251),
        ("new_customers", 364),
        ("ever_cancelled", 1_589),
        ("cancelled_half_the_money", 39),
        ("cancelled_half_the_pieces", 37),
    ],
)
def test_segments_of_the_shop(ask, segment, people):
    assert ask(SHOP, "shop", f"segment count {segment}")["people"] == people


def test_the_best_customers_of_the_shop(ask):
    found = ask(SHOP, "shop", "segment people buyers --highest monetary --trait order_count --limit 5")["people"]
    assert [(p["customer_id"], round(p["monetary"], 2), p["order_count"]) for p in found] == [
        ("14646", 280206.02, 73),
        ("18102", 259657.30, 60),
        ("17450", 194550.79, 46),
        ("16446", 168472.50, 2),
        ("14911", 143825.06, 201),
    ]


def test_the_best_fifth_of_the_shop(ask):
    best, others = ask(SHOP, "shop", "sales --by best_fifth")["rows"]
    assert (best["buyers"], others["buyers"]) == (867, 3_471)
    assert round(best["share"] * 100, 2) == 74.59


def test_the_best_ten_of_the_shop(ask):
    rows = ask(SHOP, "shop", "sales --by customer --limit 10")["rows"]
    assert round(sum(row["share"] for row in rows) * 100, 2) == 17.26


def test_who_comes_back_to_the_shop(ask):
    december, january = ask(SHOP, "shop", "retention")["cohorts"][:2]
    assert december["inherited"]
    assert [december["cells"][n]["active"] for n in (0, 1, 3)] == [885, 324, 340]
    assert [january["cells"][n]["active"] for n in (0, 1, 3)] == [417, 92, 96]


def test_countries_of_the_shop(ask):
    rows = {row["value"]: row for row in ask(SHOP, "shop", "sales --by country")["rows"]}
    assert round(rows["United Kingdom"]["share"] * 100, 2) == 82.01
    assert [(round(rows[c]["money"]), rows[c]["buyers"]) for c in ("Netherlands", "EIRE", "Germany", "France")] == [
        (285_446, 9),
        (265_546, 3),
        (228_867, 94),
        (209_024, 87),
    ]
    assert rows["EIRE"]["note"] == "3 buyers: too few to be a segment"
    assert rows["Germany"]["note"] == ""


def test_months_of_the_shop(ask):
    rows = {row["value"][:7]: row for row in ask(SHOP, "shop", "sales --by month")["rows"]}
    best = max(rows.values(), key=lambda row: row["money"])
    assert (best["value"][:7], round(best["money"], 2), best["buyers"]) == ("2011-11", 1161817.38, 1_664)
    assert round(rows["2011-12"]["money"], 2) == 518192.79
    assert rows["2011-12"]["note"] == "9 of 31 days only: not a fall"


def test_the_most_widely_bought_product_of_the_shop(ask):
    (first,) = ask(SHOP, "shop", "sales --by product --sort buyers --limit 1")["rows"]
    assert (first["value"], first["buyers"]) == ("22423", 881)
