"""What `segmentary voices` prints for people, and what it refuses."""

import pytest
from tests.interfaces.cli.shop import call
from tests.interfaces.cli.voiced import make_voiced


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_voiced(tmp_path_factory.mktemp("voices"))


def said(shop, *arguments):
    found = call("-w", str(shop), "voices", *arguments)
    assert found.exit_code == 0, found.output
    return found.stdout


def test_a_model_is_shown_with_its_rivals(shop):
    told = said(shop, "show", "wants")
    assert "nearest centroid" in told
    assert "majority" in told
    assert "where_is_it" in told


def test_a_codebook_is_shown_as_it_was_written(shop):
    told = said(shop, "show", "shop")
    assert "late, parcel, deliver*, never arrived" in told
    assert "delivery address" in told


def test_one_text_is_coded_with_its_words(shop):
    told = said(shop, "try", "My parcel is late and nobody told me")
    assert "on_time" in told
    assert "because" in told
    assert "cannot say" in said(shop, "try", "hm")


def test_coded_and_counted(shop):
    assert "on_time" in said(shop, "code")
    told = said(shop, "themes", "--survey", "nps", "--segment", "pro", "--human", str(shop.parent / "files/human.csv"))
    assert "design effect" in told
    assert "Krippendorff's alpha" in told
    assert "more (p" in told


def test_interviews_have_no_percentages(shop):
    told = said(shop, "themes", "--channel", "interview")
    assert "participants" in told
    assert "%" not in told
    found = call("-w", str(shop), "voices", "themes", "--channel", "interview", "--segment", "pro")
    assert found.exit_code == 2
    assert "ask in a survey" in found.output


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["themes", "--item", "why"], "--survey NAME --item ITEM"),
        (["train", "x", "--from", "{files}/labelled.csv", "--label", "nope"], "columns: text, label"),
        (["train", "x", "--from", "none.csv"], "labelled texts"),
        (["show", "nothing"], "shop"),
        (["code", "--since", "soon"], "2026-03-01"),
    ],
)
def test_what_is_wrong_is_said(shop, arguments, hint):
    files = str(shop.parent / "files")
    found = call("-w", str(shop), "voices", *(part.replace("{files}", files) for part in arguments))
    assert found.exit_code in (1, 2)
    assert hint in found.output


def test_retired(shop):
    assert call("-w", str(shop), "voices", "retire", "wants").exit_code == 0
    assert "wants" not in said(shop, "list")
