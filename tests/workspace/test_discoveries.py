"""Segments nobody knew, in a workspace: found, kept, put in force, served, typed, compared, taken out of force."""

import csv
from dataclasses import replace

import numpy as np
import pytest

import segmentary as sg
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError

PEOPLE = 360
SHARES = (0.5, 0.3, 0.2)


def write_people(path, *, seed: int = 5) -> list[int]:
    """Three kinds of people, well apart in three numbers, with a town that says a little about the kind."""
    chance = np.random.default_rng(seed)
    kinds = chance.choice(3, PEOPLE, p=SHARES)
    centres = np.array([[0, 0, 0], [6, 0, 3], [0, 6, -3]])
    values = np.round(centres[kinds] + chance.normal(size=(PEOPLE, 3)), 3)
    towns = np.where(chance.random(PEOPLE) < 0.6, np.array(["Kiel", "Ulm", "Bonn"])[kinds], "Trier")
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "calm", "price", "eco", "city", "joined"])
        for i, (row, town) in enumerate(zip(values, towns, strict=True)):
            out.writerow(
                [f"c{i:04d}", *("" if i % 37 == 5 and j == 1 else v for j, v in enumerate(row)), town, "2024-05-01"]
            )
    return kinds.tolist()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("discoveries")
    kinds = write_people(folder / "customers.csv")
    with sg.init(folder / "shop") as workspace:
        workspace.add(folder / "customers.csv", kind="customers")
        workspace.kinds = kinds
        yield workspace


@pytest.fixture(scope="module")
def found(shop):
    options = {"methods": ["k_means"], "k": range(2, 5), "choose": ("k_means", 3), "repetitions": 10}
    return shop.discoveries.run("kinds", by=["calm", "price", "eco"], describe_by=["city"], **options)


def test_a_discovery_is_kept_without_its_people(shop, found):
    (saved,) = [one for one in shop.discoveries.kept() if one.name == "kinds"]
    assert (saved.method, len(saved.segments), saved.in_force, saved.people) == ("k_means", 3, False, PEOPLE)
    assert shop.discoveries.solution("kinds").to_document() == found.solution.to_document()
    assert found.solution.verdict.kind == "natural"
    assert "c0001" not in str(found.solution.to_document())
    assert [one.name for one in found.solution.description.descriptors] == ["city"]


def test_it_becomes_ordinary_segments_and_the_engine_places_everybody(shop, found):
    changes = shop.discoveries.assign("kinds")
    assert len(changes) == 3
    shop.run("2026-01-01")
    for segment, key in enumerate(found.solution.assigner.labels):
        wanted = [f"c{i:04d}" for i in range(PEOPLE) if found.labels[i] == segment]
        assert shop.segment(f"kinds_{key}").ids() == wanted
        planted = [shop.kinds[int(one[1:])] for one in wanted]
        assert max(np.bincount(planted)) / len(planted) > 0.97
    assert shop.discoveries.kept()[0].in_force
    assert shop.segments_defined()[f"kinds_{key}"].base == "other"
    assert shop.verify().equal
    explained = shop.segment(f"kinds_{found.solution.assigner.labels[0]}").explain("c0000")
    assert explained.member == (found.labels[0] == 0)


def test_rules_people_can_read_are_segments_too(shop, found):
    definitions = shop.discoveries.assign("kinds", way="rules")
    assert len(definitions) == 3
    shop.run("2026-01-01")
    agree = sum(
        len(set(shop.segment(f"kinds_{key}").ids()) & {f"c{i:04d}" for i in np.flatnonzero(found.labels == place)})
        for place, key in enumerate(found.solution.assigner.labels)
    )
    assert agree / PEOPLE > 0.85
    shop.discoveries.assign("kinds")


def test_what_is_not_in_force_cannot_be_retired(shop, found):
    with pytest.raises(UnknownNameError):
        shop.discoveries.retire("kind")


def test_the_report_of_a_solution_kept_has_every_part(shop, found, tmp_path):
    files = shop.discoveries.report("kinds@v1", tmp_path / "report")
    page = files.html.read_text(encoding="utf-8")
    for name in (one.name for one in found.solution.description.segments):
        assert name in page
    assert {"separation.svg", "descent.svg"} <= {path.name for path in files.images}
    assert "c0001" not in page


def test_segments_get_other_names(shop, found):
    key = found.solution.assigner.labels[0]
    renamed = shop.discoveries.rename("kinds", {key: "Quiet ones"})
    assert renamed.description.segments[0].name == "Quiet ones"
    assert shop.discoveries.solution("kinds", "v1").description.segments[0].name != "Quiet ones"
    with pytest.raises(UnknownNameError):
        shop.discoveries.rename("kinds", {"nobody": "x"})


def test_two_solutions_are_held_against_each_other(shop, found):
    shop.discoveries.run(
        "pairs", by=["calm", "price"], methods=["k_means"], choose=("k_means", 2), k=[2], repetitions=5
    )
    comparison = shop.discoveries.compare("kinds", "pairs")
    assert comparison.people == PEOPLE - comparison.placed_by_one
    assert sum(map(sum, comparison.counts)) == comparison.people
    assert 0 < comparison.agreement < 0.9
    assert shop.discoveries.compare("kinds", "kinds@v1").agreement == 1.0


def test_a_typing_tool_carries_segments_to_other_columns(shop, found):
    tool = shop.discoveries.typing("kinds", wanted=0.9, most=3)
    assert tool.agreement.estimate > 0.85
    bridge = shop.discoveries.typing("kinds", by=["city"], save_as="kinds_by_town", most=1)
    assert bridge.items == ("city",)
    assert bridge.useful
    assert bridge.agreement.estimate < tool.agreement.estimate
    shop.discoveries.assign("kinds_by_town")
    shop.run("2026-01-01")
    label = found.solution.assigner.labels[1]
    assert shop.where(f'model kinds_by_town.label = "{label}"').count().people > 0


def test_nothing_new_appears_among_the_same_people(shop, found):
    emergence = shop.discoveries.emergence("kinds@v1")
    assert emergence.people == PEOPLE
    assert (emergence.new_groups, emergence.splits, emergence.merges) == ((), (), ())
    shop.discoveries.keep(replace(found.solution, name="bare"))
    with pytest.raises(NoAnswerError, match="was not kept"):
        shop.discoveries.emergence("bare")


def test_what_cannot_be_done_says_why(shop):
    with pytest.raises(UsageError, match="segment by what"):
        shop.discoveries.run("none")
    with pytest.raises(UnknownNameError, match="clam"):
        shop.discoveries.run("none", by=["clam"])
    with pytest.raises(UsageError, match="one cannot segment by it"):
        shop.discoveries.run("none", by=["joined"])
    with pytest.raises(UsageError, match="cannot name a solution"):
        shop.discoveries.run("Not a name", by=["calm"])
    with pytest.raises(UnknownNameError, match="survey"):
        shop.discoveries.run("none", survey="motives")
    with pytest.raises(UnknownNameError):
        shop.discoveries.solution("nothing")
    with pytest.raises(NoAnswerError):
        shop.discoveries.run("none", by=["calm"], k=[400], methods=["k_means"])


def test_cancelling_keeps_nothing(shop):
    def cancel(sentence: str, done: float) -> None:
        if done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.discoveries.run("cancelled", by=["calm", "price"], methods=["k_means"], k=[2], repetitions=5, tell=cancel)
    assert "cancelled" not in [one.name for one in shop.discoveries.kept()]


@pytest.mark.parametrize("ending", ["xlsx", "json", "sql", "py", "yaml"])
def test_a_typing_tool_is_written_for_use_elsewhere(shop, found, tmp_path, ending):
    tool = shop.discoveries.typing("kinds@v1", most=2)
    path = shop.discoveries.write_tool(tool, tmp_path / "made" / f"tool.{ending}", of="kinds@v1")
    content = path.read_bytes()
    assert len(content) > 300
    if ending != "xlsx":
        assert found.solution.assigner.labels[0] in content.decode()


def test_an_ending_that_is_no_form_is_refused(shop, found, tmp_path):
    tool = shop.discoveries.typing("kinds@v1", most=1)
    with pytest.raises(UsageError, match="no form of a typing tool"):
        shop.discoveries.write_tool(tool, tmp_path / "tool.docx")


@pytest.fixture
def small(tmp_path):
    """A shop of its own, and how to find segments in it quickly."""
    write_people(tmp_path / "customers.csv")
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "customers.csv", kind="customers")

        def find(name, by, k):
            options = {"methods": ["k_means"], "k": [k], "choose": ("k_means", k), "repetitions": 2}
            return workspace.discoveries.run(name, by=by, **options)

        yield workspace, find


def test_a_new_version_retires_the_segments_it_has_no_more(small):
    workspace, find = small
    first = {f"m_{key}" for key in find("m", ["calm", "price"], 3).solution.assigner.labels}
    workspace.discoveries.assign("m")
    second = {f"m_{key}" for key in find("m", ["eco"], 2).solution.assigner.labels}
    assert first - second
    (workspace.folder.segments / "mine.yaml").write_text(f"segment: mine\nwhere: {{segment: {min(first - second)}}}\n")
    workspace.apply()
    with pytest.raises(UsageError, match="mine rests on"):
        workspace.discoveries.assign("m")
    (workspace.folder.segments / "mine.yaml").unlink()
    workspace.apply(prune=True)
    workspace.discoveries.assign("m")
    assert set(workspace.segments_defined()) == second
    workspace.run("2026-01-01")
    assert sum(workspace.segment(name).count().people for name in second) == PEOPLE
    workspace.discoveries.assign("m", "v1")
    assert set(workspace.segments_defined()) == first


def test_retiring_takes_the_segments_along(small):
    workspace, find = small
    find("m", ["calm", "price"], 3)
    workspace.discoveries.assign("m", way="rules")
    workspace.discoveries.assign("m")
    (workspace.folder.segments / "sure.yaml").write_text(
        "segment: sure\nwhere: {model: m, output: confidence, gte: 0}\n"
    )
    workspace.apply()
    with pytest.raises(UsageError, match="m is used by sure"):
        workspace.discoveries.retire("m")
    (workspace.folder.segments / "sure.yaml").unlink()
    workspace.apply(prune=True)
    changes = workspace.discoveries.retire("m")
    assert [one.change for one in changes] == ["retired"] * 3
    assert workspace.segments_defined() == {}
    workspace.run("2026-01-01")
    assert workspace.verify().equal


def test_a_segment_somebody_made_is_not_written_over(small):
    workspace, find = small
    key = find("m", ["calm", "price"], 3).solution.assigner.labels[0]
    (workspace.folder.segments / "own.yaml").write_text(f"segment: m_{key}\nwhere: {{trait: calm, gte: 3}}\n")
    workspace.apply()
    with pytest.raises(UsageError, match=f"m_{key} is there already"):
        workspace.discoveries.assign("m")
    assert not workspace.discoveries.kept()[0].in_force
    assert list(workspace.segments_defined()) == [f"m_{key}"]


def test_a_model_is_not_made_of_what_another_says(small):
    workspace, find = small
    find("m", ["calm", "price"], 3)
    workspace.discoveries.assign("m")
    find("n", ["m.confidence", "eco"], 2)
    with pytest.raises(UsageError, match=r"made of m\.confidence, which the model m says"):
        workspace.discoveries.assign("n")
    people = workspace.discoveries.people(["*"])
    assert not [name for name in people.names if name.startswith("m.")]


def test_who_has_no_weight_stands_for_nobody(tmp_path):
    chance = np.random.default_rng(3)
    rows = [
        (f"r{i}", "" if i % 9 == 0 else 2.0 if i % 2 else 1.0, *chance.normal((i % 2) * 6, 1, 3)) for i in range(180)
    ]
    with (tmp_path / "m.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["rid", "w", "q1", "q2", "q3"])
        out.writerows(rows)
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        design = {"record_id": "rid", "weight": "w"}
        workspace.add(tmp_path / "m.csv", kind="responses", name="m", survey="m", id_space="market", columns=design)
        options = {"methods": ["k_means"], "k": [2], "choose": ("k_means", 2), "repetitions": 2}
        found = workspace.discoveries.run("m", survey="m", **options)
        assert found.solution.fit.people == 160
        assert max(one.size.estimate for one in found.solution.description.segments) == pytest.approx(2 / 3, abs=0.02)
        tool = workspace.discoveries.typing("m", most=2)
        assert tool.people == 160
        assert "r17" not in str(workspace.ledger.rows("select document from records"))


def test_codes_that_mean_nothing_are_not_said_afterwards(shop):
    with pytest.raises(UsageError, match="said when they are loaded"):
        shop.discoveries.run("codes", by=["calm"], missing=[99])


def test_a_seed_that_is_none_is_said(shop, found):
    for seed in (-1, 2**40, 0.5):
        with pytest.raises(UsageError, match="cannot be a seed"):
            shop.discoveries.run("sown", by=["calm"], seed=seed)
        with pytest.raises(UsageError, match="cannot be a seed"):
            shop.discoveries.typing("kinds@v1", seed=seed)
        with pytest.raises(UsageError, match="cannot be a seed"):
            shop.discoveries.emergence("kinds@v1", seed=seed)
