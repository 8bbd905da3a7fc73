"""`segmentary discover` on a terminal's other end: tables, and what people read who ask wrongly."""

import pytest
from tests.interfaces.cli.discovered import make_discovered
from tests.interfaces.cli.shop import call, done


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_discovered(tmp_path_factory.mktemp("discover"))


def test_a_solution_is_a_verdict_a_table_of_segments_and_one_of_criteria(shop):
    lines = done("-w", shop, "discover", "show", "kinds").stdout.splitlines()
    assert "people group more" in lines[0]
    heads = next(line for line in lines if line.startswith("segment"))
    assert heads.split() == ["segment", "people", "share", "from", "to", "sure", "stable", "marked", "by"]
    assert any(line.startswith("keys, in this order: ") for line in lines)
    (row,) = [line for line in lines if line.startswith("k_means") and line.split()[1] == "2"]
    # An information criterion in whole numbers, shares of agreement with two digits.
    assert row.split()[2].replace(",", "").isdecimal()
    assert "1.00" in row


def test_the_list_says_what_is_in_force(shop):
    lines = done("-w", shop, "discover", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["solution", "kinds", "kinds_asked", "kinds_typed"]
    assert [line.split()[-1] for line in lines[1:]] == ["yes", "no", "yes"]


def test_tools_changes_and_comparisons_are_tables(shop):
    tool = done("-w", shop, "discover", "typing", "kinds", "--most", 2).stdout
    assert "questions  asked" in tool
    assert "change is" in done("-w", shop, "discover", "emergence", "kinds").stdout
    assert "nearly the same cut" in done("-w", shop, "discover", "compare", "kinds", "kinds@v1").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "x"], 2, "segment by what?"),
        (["run", "x", "--by", "clam"], 1, "did you mean 'calm'"),
        (["run", "x", "--by", "nothing_*"], 1, "see `segmentary traits`"),
        (["run", "x", "--survey", "nowhere"], 1, "surveys: asked"),
        (["run", "x", "--survey", "asked", "--by", "nowhere"], 1, "items of asked: "),
        (["run", "x", "--survey", "asked", "--by", "relaxed", "--wave", "1999"], 1, "waves: 2025, 2026"),
        (["run", "x", "--survey", "asked", "--within", "vips"], 2, "leave --within out"),
        (["run", "x", "--by", "calm", "--method", "kmeans"], 1, "did you mean 'k_means'"),
        (["run", "x", "--by", "calm", "--segments", "9..2"], 2, "--segments 2..8"),
        (["run", "x", "--by", "calm", "--segments", "2..5000"], 2, "at most 100"),
        (["run", "x", "--by", "calm", "--choose", "k_means"], 2, "--choose k_means:4"),
        (["run", "x", "--by", "calm", "--choose", "k_means:0"], 2, "2 to 100"),
        (["run", "x", "--by", "calm", "--choose", "k_means:99"], 1, "people"),
        (["run", "x", "--by", "calm", "--kind", "calm"], 2, "write KEY=VALUE"),
        (["run", "x", "--by", "calm", "--kind", "calm=odd"], 2, "one of numeric, count"),
        (["run", "Not-a-Name", "--by", "calm"], 2, "a letter first"),
        (["show", "nobody"], 1, "there is: kinds"),
        (["show", "kinds@v9"], 1, "versions: v1"),
        (["assign", "kinds", "--as", "magic"], 2, "--as model"),
        (["assign", "kinds_asked"], 1, "make a typing tool"),
        (["rename", "kinds", "nobody=x"], 1, "unknown segment 'nobody'"),
        (["typing", "kinds", "--by", "clam"], 1, "did you mean 'calm'"),
        (["typing", "kinds", "--most", "1", "--out", "tool.doc"], 2, "end with .xlsx"),
        (["compare", "kinds", "nobody"], 1, "unknown solution 'nobody'"),
    ],
)
def test_what_is_wrong_and_what_to_do(shop, arguments, code, told):
    found = call("-w", shop, "discover", *arguments)
    assert found.exit_code == code, found.stderr
    assert told in found.stderr
    assert found.stdout == ""


def test_items_are_called_as_in_the_survey(shop):
    few = ["--method", "k_means", "--segments", "2", "--repetitions", "2"]
    done("-w", shop, "discover", "run", "y", "--survey", "asked", "--by", "relaxed", "--by", "uses_us",
         "--kind", "uses_us=nominal", *few)  # fmt: skip
    assert "k_means" in done("-w", shop, "discover", "show", "y").stdout


def test_one_customer_is_no_segmentation(tmp_path):
    (tmp_path / "one.csv").write_text("customer_id,x,y\nc1,1,2\n", encoding="utf-8")
    done("init", tmp_path / "one")
    done("-w", tmp_path / "one", "add", tmp_path / "one.csv", "--as", "customers")
    found = call("-w", tmp_path / "one", "discover", "run", "a", "--by", "x", "--by", "y")
    assert found.exit_code == 1
    assert "no column can be segmented by" in found.stderr
