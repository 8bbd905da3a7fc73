"""A market around a business: segments of a survey, customers typed into them, the planted gap found, none made up."""

import csv
import math

import pytest

import segmentary as sg
from segmentary.errors import DataError, DefinitionError, NoAnswerError, UnknownNameError, UsageError
from segmentary.samples.market_survey import market_survey
from segmentary.workspace.market_plan import plan_of, read_plan, to_document

SCALES = ("eco", "price", "brand", "fitness", "innovation", "satisfaction")
NEEDS = ("low_prices", "good_advice", "repair_service")
SHOPS = ("ours", "nordhaus", "billigo")
PLAN = {
    "market": "shoppers",
    "survey": "market",
    "segments": "attitudes",
    "base": "attitudes_typed",
    "people": "adults",
    "unit": "EUR",
    "value": "spend_ours",
    "brands": {"ours": "ours", "use": {shop: f"uses_{shop}" for shop in SHOPS}},
    "perception": {"cheap": {shop: f"{shop}_cheap" for shop in SHOPS}},
    "needs": {
        one.replace("_", " "): {"importance": f"importance_{one}", "satisfaction": f"satisfied_{one}"} for one in NEEDS
    },
    "assumptions": [
        {"name": "adults", "stage": "tam", "likely": 5e6, "source": "register"},
        {"name": "spend", "stage": "tam", "likely": 400, "low": 300, "high": 550},
    ],
    "criteria": [
        {"name": "size", "weight": 1, "of": "share"},
        {"name": "unmet need", "weight": 6, "of": "unmet_need"},
        {"name": "our users", "axis": "competitiveness", "weight": 1, "of": "our_users"},
    ],
    "choose": 1,
    "blend": 0.8,
}


def shop_with(folder, *, gap: bool, seed: int):
    """A workspace with a market survey, its segments, and customers typed into them by their own answers."""
    survey = market_survey(respondents=2_400, gap=gap, seed=seed)
    rows = [dict(row) for row in survey.rows]
    with (folder / "market.csv").open("w", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    customers = {row["customer_id"]: row for row in rows if row["customer_id"]}
    with (folder / "customers.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", *SCALES])
        for name, row in customers.items():
            known = [[row[f"{scale}_{i}"] for i in (1, 2, 3) if row[f"{scale}_{i}"] is not None] for scale in SCALES]
            out.writerow([name, *(round(sum(one) / len(one), 2) if one else "" for one in known)])
    workspace = sg.init(folder / "shop")
    design = {"record_id": "respondent_id", "weight": "weight", "stratum": "region", "cluster": "point", "wave": "wave"}
    workspace.add(folder / "customers.csv", kind="customers")
    workspace.add(
        folder / "market.csv", kind="responses", name="market", survey="market", id_space="market", columns=design
    )
    items = [f"{scale}_{number}" for scale in SCALES for number in (1, 2, 3)]
    options = {"methods": ["k_means"], "choose": ("k_means", 3), "k": [3], "repetitions": 5}
    workspace.discoveries.run("attitudes", survey="market", by=items, **options)
    workspace.discoveries.typing("attitudes", by=list(SCALES), save_as="attitudes_typed", most=3)
    workspace.discoveries.assign("attitudes_typed")
    workspace.run("2026-03-01")
    return workspace, survey


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    workspace, survey = shop_with(tmp_path_factory.mktemp("market"), gap=True, seed=3)
    with workspace:
        workspace.survey = survey
        yield workspace


@pytest.fixture(scope="module")
def market(shop):
    margins = {"region": dict(shop.survey.margins["2026"]["region"]), "sex": dict(shop.survey.margins["2026"]["sex"])}
    return shop.market(plan_of({**PLAN, "margins": margins}))


def green(market) -> str:
    """The segment most of the planted gap segment is in."""
    wave = [one for one, row in zip(market.workspace.survey.truth.segments, market.workspace.survey.rows, strict=True)
            if row["wave"] == "2026"]  # fmt: skip
    labels = market.data.asked.groups.labels
    inside = [labels[i] for i, name in enumerate(wave) if name == "green"]
    return market.data.names[max(set(inside), key=inside.count)]


def test_sizes_add_up_to_the_population_and_are_weighted(market):
    sizes = market.sizes()
    assert sizes.population.estimate == pytest.approx(5_000_000, rel=1e-6)
    assert sum(one.size.estimate for one in sizes.segments) == pytest.approx(5_000_000, rel=0.01)
    report = market.rake()
    assert report.converged
    assert {level.margin for level in report.levels} == {"region", "sex"}


def test_the_planted_gap_is_found(market):
    gaps = market.gaps()
    assert [one.name for one in gaps.gaps] == [green(market)]
    wanted = [(one.segment, one.need) for one in market.needs().gaps]
    assert (green(market), "repair service") in wanted


def test_where_there_is_no_gap_none_is_found(tmp_path):
    workspace, _ = shop_with(tmp_path, gap=False, seed=4)
    with workspace:
        market = workspace.market(plan_of(PLAN))
        assert market.gaps().gaps == ()
        assert market.needs().gaps == ()


def test_the_market_grows_where_it_was_planted(market):
    growing = [one.name for one in market.trends().segments if one.direction == "growing"]
    assert growing == [green(market)]


def test_who_else_is_there_and_how_they_are_seen(market):
    competition = market.competition()
    assert competition.brands == SHOPS
    assert len(competition.shares) == 3 * len(market.data.names)
    assert {one.brand for one in market.perceptions().cells} == set(SHOPS)


def test_the_potential_is_the_product_of_what_was_assumed(market):
    potential = market.potential()
    assert potential.tam.estimate == pytest.approx(5e6 * 400)
    assert potential.tam.low < potential.tam.estimate < potential.tam.high
    assert potential.sam is None


def test_the_choice_follows_the_weights_and_becomes_an_audience(market, shop):
    matrix = market.matrix()
    assert matrix.chosen == (green(market),)
    turned = market.matrix(weights={"unmet need": 0, "our users": 5})
    assert turned.position(green(market)).rank > 1
    decided = market.target("go_green", by="board", why="large, growing, badly served")
    shop.run("2026-03-01")
    key = market.data.keys[green(market)]
    assert decided.segments == (f"attitudes_typed_{key}",)
    assert shop.segment("go_green").ids() == shop.segment(f"attitudes_typed_{key}").ids()
    assert [one.name for one in shop.targets()] == ["go_green"]
    with pytest.raises(UnknownNameError):
        market.target("other", by="board", why="because", segments=["nobody"])
    (shop.folder.segments / "mine.yaml").write_text("segment: mine\nwhere: {segment: go_green}\n")
    shop.apply()
    before = shop.segments_defined()
    for name, error in (("mine", UsageError), ("a/b", DataError)):
        with pytest.raises(error):
            market.target(name, by="board", why="because")
    assert [one.name for one in shop.targets()] == ["go_green"]
    assert shop.segments_defined() == before


def test_the_report_has_every_part(market, tmp_path):
    files = market.report(tmp_path / "report")
    page = files.html.read_text(encoding="utf-8")
    for word in ("Penetration", "repair service", "nordhaus", "Assumption", green(market)):
        assert word.casefold() in page.casefold()
    assert "What could not be said" not in page


def test_a_plan_says_what_is_wrong_with_it(shop, tmp_path):
    assert read_plan(plan_file(tmp_path, PLAN)) == plan_of(PLAN)
    assert plan_of(to_document(plan_of(PLAN))) == plan_of(PLAN)
    with pytest.raises(UnknownNameError, match="key 'surveys'"):
        plan_of({**PLAN, "surveys": "x"})
    with pytest.raises(DefinitionError, match="no survey"):
        plan_of({"market": "m", "segments": "s"})
    with pytest.raises(UnknownNameError, match="figure"):
        plan_of({**PLAN, "criteria": [{"name": "x", "of": "charm"}]})
    for change, error in (
        ({"survey": "other"}, UnknownNameError),
        ({"value": "nothing"}, UnknownNameError),
        ({"segments": "nobody"}, UnknownNameError),
        ({"wave": "1999"}, UnknownNameError),
    ):
        with pytest.raises(error):
            shop.market(plan_of({**PLAN, **change})).sizes()
    bare = shop.market(plan_of({key: PLAN[key] for key in ("market", "survey", "segments")}))
    for ask in (bare.rake, bare.potential, bare.competition, bare.needs, bare.perceptions, bare.matrix):
        with pytest.raises(UsageError, match="say it in its file"):
            ask()
    with pytest.raises(NoAnswerError, match="nobody says which customers"):
        bare.against()
    page = bare.report(tmp_path / "bare").html.read_text(encoding="utf-8")
    assert "Nobody says which customers are in these segments" in page
    odd = shop.market(plan_of({**PLAN, "criteria": [{"name": "fit", "weight": 1, "values": {"nobody": 3}}]}))
    with pytest.raises(UnknownNameError, match="segment"):
        odd.matrix()
    wrong = shop.market(plan_of({**PLAN, "assumptions": [{"name": "x", "stage": "tam", "likely": "many"}]}))
    with pytest.raises(DataError, match="assumption 'x'"):
        wrong.potential()


def plan_file(folder, document):
    import yaml

    path = folder / "shoppers.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def test_an_item_may_say_the_segment(shop):
    sizes = shop.market(plan_of({"market": "ages", "survey": "market", "segments": {"item": "age_group"}})).sizes()
    assert [one.name for one in sizes.segments] == ["18-29", "30-44", "45-59", "60+"]
    assert math.isclose(sum(one.share.estimate for one in sizes.segments), 1.0)
