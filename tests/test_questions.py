"""docs/questions.md is true: every command runs on the real data, and the numbers are the published ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.questions import PAGE, comparable, file_of, played, prepare, printed_by, sections

pytestmark = [pytest.mark.real_data, pytest.mark.slow, pytest.mark.timeout(300)]

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


# ---------------------------------------------------------------- a grocer with campaigns

GROCER = "A grocer with campaigns"


def test_the_best_fifth_of_the_grocer(ask):
    best, _ = ask(GROCER, "grocer", "sales --by best_fifth")["rows"]
    assert round(best["share"] * 100, 2) == 54.51


def test_income_bands_of_the_grocer(ask):
    groups = {g["value"]: g for g in ask(GROCER, "grocer", "compare monetary --by income")["groups"]}
    assert {
        band: (groups[band]["people"], round(groups[band]["estimate"]["estimate"], 2))
        for band in ("250K+", "150-174K", "Under 15K", "35-49K")
    } == {"250K+": (11, 6143.26), "150-174K": (30, 5007.50), "Under 15K": (61, 3139.80), "35-49K": (172, 2820.20)}
    assert groups["250K+"]["note"] == "11 customers only: mind the interval"
    assert groups["250K+"]["estimate"]["low"] < groups["150-174K"]["estimate"]["estimate"]
    assert sum(g["people"] for g in groups.values()) == 2_469
    assert groups[None]["people"] == 2_469 - 801


def test_campaigns_of_the_grocer(ask):
    kinds = '"A=8,13,18,27" --group "B=1,2,4,5,7,9,10,11,12,16,17,19,21,22,23,25,26" --group "C=3,6,14,15,20,24"'
    found = ask(GROCER, "grocer", f"campaigns --response coupon_redeemed --group {kinds}")
    assert [
        (row["campaign"], row["responded"], row["contacted"], round(row["share"]["estimate"] * 100, 2))
        for row in found["rows"]
    ] == [("A", 604, 3_647, 16.56), ("B", 154, 2_368, 6.50), ("C", 34, 574, 5.92)]
    assert "lift" in found["limits"]
    first = ask(GROCER, "grocer", "campaigns")["rows"][0]
    assert (first["campaign"], first["responded"], first["contacted"]) == ("18", 214, 1_133)


@pytest.mark.parametrize(("segment", "people"), [("stopped", 141), ("baby_goods", 978)])
def test_segments_of_the_grocer(ask, segment, people):
    """979 took baby goods home, one of them for nothing: a line without money is no sale."""
    assert ask(GROCER, "grocer", f"segment count {segment}")["people"] == people


# ---------------------------------------------------------------- a mailing list

MAILING = "A mailing list with responses"


def test_who_answers_the_mailing(ask):
    found = ask(MAILING, "mailing", "compare response --by children_at_home")
    assert found["overall"]["total"] == 334
    assert round(found["overall"]["estimate"]["estimate"] * 100, 2) == 14.91
    assert {g["value"]: (g["people"], round(g["estimate"]["estimate"] * 100, 1)) for g in found["groups"]} == {
        "0": (638, 26.5),
        "1": (1_128, 10.3),
        "2": (421, 11.2),
        "3": (53, 3.8),
    }


def test_spend_of_the_mailing_list(ask):
    found = ask(MAILING, "mailing", "compare spend --by children_at_home")
    assert found["overall"]["total"] == 1_356_988
    means = {g["value"]: round(g["estimate"]["estimate"]) for g in found["groups"]}
    assert means == {"0": 1_106, "1": 473, "2": 246, "3": 275}


def test_campaigns_of_the_mailing_list(ask):
    shares = [
        ask(MAILING, "mailing", f"compare accepted_cmp{n} --by complained")["overall"]["estimate"]["estimate"]
        for n in range(1, 6)
    ]
    assert [round(share * 100, 2) for share in shares] == [6.43, 1.34, 7.28, 7.46, 7.28]
    assert ask(MAILING, "mailing", "segment count complained")["people"] == 21


def test_dates_of_the_mailing_list_are_day_first(ask):
    (trait,) = ask(MAILING, "mailing", "traits created_at")["traits"]
    assert (str(trait["low"])[:10], str(trait["high"])[:10]) == ("2012-07-30", "2014-06-29")


# ---------------------------------------------------------------- a telephone company

TELCO = "A telephone company"


def shares(found):
    return {g["value"]: round(g["estimate"]["estimate"] * 100, 2) for g in found["groups"]}


def test_churn_of_the_telephone_company(ask):
    found = ask(TELCO, "telco", "compare churn --by contract")
    assert (found["overall"]["people"], found["overall"]["total"]) == (7_043, 1_869)
    assert (shares(found)["Month-to-month"], shares(found)["Two year"]) == (42.71, 2.83)
    assert shares(ask(TELCO, "telco", "compare churn --by internet_service"))["Fiber optic"] == 41.89
    assert shares(ask(TELCO, "telco", "compare churn --by payment_method"))["Electronic check"] == 45.29


def test_the_worst_corner_of_the_telephone_company(ask):
    found = ask(TELCO, "telco", "compare churn --by monthly_fiber")
    worst = found["groups"][0]
    assert (worst["value"], worst["people"], shares(found)["yes"]) == ("yes", 2_128, 54.61)


def test_charges_of_the_telephone_company(ask):
    found = ask(TELCO, "telco", "compare monthly_charges --by churn")
    assert (found["overall"]["total"], found["groups"][0]["total"]) == (456116.60, 139130.85)
    blank = ask(TELCO, "telco", "compare total_charges --by churn")["overall"]
    assert blank["people"] - blank["estimate"]["n"] == 11


# ---------------------------------------------------------------- a bank

BANK = "A bank on the telephone"


def test_whom_the_bank_should_call(ask):
    found = ask(BANK, "bank", "compare y --by poutcome")
    assert found["overall"]["people"] == 45_211
    assert round(found["overall"]["estimate"]["estimate"] * 100, 2) == 11.70
    assert (shares(found)["success"], shares(found)["failure"]) == (64.73, 12.61)
    by_contact = shares(ask(BANK, "bank", "compare y --by contact"))
    assert (by_contact["cellular"], by_contact["unknown"]) == (14.92, 4.07)


# ---------------------------------------------------------------- a seller to companies

CRM = "A seller to companies"


def test_sectors_of_the_seller(ask):
    found = ask(CRM, "crm", "sales --by business_sector")
    assert found["total"] == 10_005_534
    assert [(row["value"], row["money"], row["orders"]) for row in found["rows"][:3]] == [
        ("retail", 1_867_528, 799),
        ("technology", 1_515_487, 671),
        ("medical", 1_359_595, 592),
    ]


def test_win_rates_of_the_seller_hardly_differ(ask):
    won = {g["value"]: g["total"] for g in ask(CRM, "crm", "compare deals_won --by business_sector")["groups"]}
    closed = ask(CRM, "crm", "compare deals_closed --by business_sector")
    rates = [won[g["value"]] / g["total"] for g in closed["groups"]]
    assert (round(min(rates) * 100, 2), round(max(rates) * 100, 2)) == (61.17, 64.85)
    assert round(4_238 / closed["overall"]["total"] * 100, 2) == 63.15


def test_the_best_account_of_the_seller(ask):
    (first,) = ask(CRM, "crm", "sales --by customer --limit 1")["rows"]
    assert (first["value"], first["money"]) == ("Kan-code", 341_455)


# ---------------------------------------------------------------- a web server

WEB = "A web server"


def test_requests_of_the_web_server(ask):
    """10,000 lines, one of them refused; 1,861 pairs of address and browser."""
    found = ask(WEB, "web", "compare requests --by bots")
    assert found["overall"]["total"] == 9_999
    assert ask(WEB, "web", "segment count visitors")["people"] == 1_861
    people, bots = (ask(WEB, "web", f"segment count {name}")["people"] for name in ("people", "bots"))
    assert (people, bots) == (1_595, 1_861 - 1_595)


def test_visits_of_the_web_server(ask):
    """3,223 visits of half an hour's rest, 2,447 of them by people."""
    found = ask(WEB, "web", "compare visits --by bots")
    assert found["overall"]["total"] == 3_223
    assert {group["value"]: group["total"] for group in found["groups"]}["no"] == 2_447
