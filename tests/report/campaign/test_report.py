"""The report of a campaign: the verdict first, nothing of persons, small groups hidden, refusals said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.measurement.campaign.counted import AS_OF, AT, read

from segmentary.measurement.campaign.afterwards import Retained, Worth
from segmentary.measurement.campaign.attribution import Attributed
from segmentary.measurement.campaign.effect import lifts, money, with_costs
from segmentary.measurement.campaign.reactions import Funnel
from segmentary.measurement.campaign.result import CampaignResult, LeftOut, Text, headline, limits_of
from segmentary.measurement.campaign.timing import Day
from segmentary.measurement.campaign.variants import between
from segmentary.models.intervals import Interval, wilson
from segmentary.report.campaign.report import campaign_document, render_campaign
from segmentary.report.document import HIDDEN

RATES = {"good": (0.5, 1.0), "null": (0.5, 0.5), "bad": (1.0, 0.5)}


def made() -> CampaignResult:
    """A campaign read by hand."""
    analysis, counted = read(RATES, 5)
    found = lifts(analysis)
    rows = with_costs(
        [
            Funnel(name, arm, "v", people=500, sent=0 if arm == "holdout" else 490, delivered=480, opened=200,
                   clicked=40, converted=200, revenue=Decimal(9_000), revenue_squares=Decimal(400_000))
            for name in RATES
            for arm in ("treated", "holdout")
        ],
        0.1,
        {},
    )  # fmt: skip
    word, said = headline(found, "buys", differ=True)
    gap = Interval(0.1, 0.05, 0.15, 1_000)
    return CampaignResult(
        campaign="spring_mail", channel="email", origin="sent here", as_of=AS_OF, assigned_at=AT, read_on=AS_OF,
        peeking=False, metric="buys = any order_completed in 28d", currency="EUR", control="holdout", word=word,
        sentence=said, refusal="", needed="", ratio=analysis.sample_ratio,
        differ=tuple(one.sentence for one in analysis.differences), funnel=tuple(rows), lifts=tuple(found),
        money=tuple(money(found, rows, "holdout", 0.4)),
        between=tuple(between(counted, analysis.plan.metrics, ("treated", "holdout"))),
        retained=(Retained("", 30, wilson(300, 750), wilson(225, 750), gap, 0.001, "more stay"),),
        worth=(Worth("", "money", 30.0, 25.0, Interval(5.0, 1.0, 9.0, 1_500), 0.02, "CUPED", False, "more"),),
        attributed=(Attributed("good", 7, 30, Decimal(900), 20, Decimal(600), 25),
                    Attributed("null", 7, 5, Decimal(90), 3, Decimal(60), 4)),
        days=tuple(Day(day, what, out, 10, 1_500) for day in range(5)
                   for what, out in (("clicked", False), ("bought", False), ("bought", True))),
        left_out=(LeftOut("good", 1_040, {"treated": 500, "holdout": 500}, {"refused": 38, "capped": 2}),),
        texts=(Text("v", "Hello <b>you</b>", "Hello {{ first_name }}"),), findings=(),
        limits=limits_of(held_out=True, opens=True, clicks=True),
    )  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return made()


def part(document, name):
    return next(one for one in document.parts if one.id == name)


def test_the_answer_comes_first_and_says_what_to_do(found):
    document = campaign_document(found, generated_for="shop")
    assert document.answer.word == "It depends on the segment"
    assert document.answer.meaning == "Do it again in good; stop it in bad."
    assert [one.id for one in document.parts] == [
        "changed", "money", "reached", "over_time", "left_out", "variants", "stayed", "making", "glossary",
    ]  # fmt: skip
    assert len(document.headlines) == 3
    assert {one[0] for one in document.tiles} >= {"lift of buys", "orders it brought", "cost"}
    rows = part(document, "changed").grids[0].rows
    assert {row[-1] for row in rows if row[2] == "buys" and row[0] != "all"} == {"worked", "not clear", "did harm"}


def test_small_groups_are_hidden(found):
    document = campaign_document(found, below=11)
    clicks = part(document, "money").grids[1].rows
    assert [row[1] for row in clicks] == [35, 30, HIDDEN]
    left = part(document, "left_out").grids[0].rows[0]
    assert HIDDEN in left
    assert 38 in left
    whole = campaign_document(found, below=5_000)
    assert all(row[5] is HIDDEN for row in part(whole, "changed").grids[0].rows)
    assert {one.name for one in whole.figures} == {"since_sending", "left_out"}  # an empty chart is none


def test_a_refusal_is_said_and_nothing_claimed(found):
    bare = replace(
        found, refusal="nobody was held out", needed="hold a share out", lifts=(), money=(), between=(), retained=(),
        worth=(), word="no verdict", sentence="nobody was held out", ratio=None, left_out=(), days=(), texts=(),
    )  # fmt: skip
    document = campaign_document(bare)
    assert document.answer.word == "What it changed cannot be said"
    assert document.answer.meaning == "Hold a share out."
    assert [one.id for one in document.parts] == ["money", "reached", "making", "glossary"]


def test_it_is_written_as_a_page(found, tmp_path):
    shorter = replace(found, days=(), left_out=(), retained=(), worth=())
    files = render_campaign(shorter, tmp_path, forms=("html",))
    page = files.html.read_text(encoding="utf-8")
    assert page.index("It depends on the segment") < page.rindex("What did it change?")
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
    assert "not what the campaign caused" in page
    assert files.xlsx is None
