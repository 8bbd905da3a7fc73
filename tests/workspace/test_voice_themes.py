"""Codes counted: shares with intervals of surveys, of interviews mentions only; the planted segment is told apart."""

import pytest
from tests.interfaces.cli.voiced import write_files

import segmentary as sg
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.models.voice.theme_results import CountedMentions, CountedShares

PEOPLE = 240


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("themes")
    files = folder / "files"
    files.mkdir()
    write_files(files, PEOPLE)
    with sg.init(folder / "shop", timezone="UTC", environment={}) as workspace:
        workspace.add(files / "customers.csv", files / "consents.csv")
        workspace.add(files / "chats.csv", files / "talks.csv", kind="messages")
        workspace.add(files / "nps.csv", kind="responses")
        workspace.apply(files / "pro.yaml")
        workspace.run("2026-03-01")
        workspace.voices.keep_codebook(files / "shop.yaml")
        workspace.voices.code()
        yield workspace


def test_a_survey_has_weighted_shares_and_segments_against_others(shop):
    found = shop.voices.themes(survey="nps", segments=["pro"])
    assert isinstance(found, CountedShares)
    assert (found.people, found.weighted, found.of) == (PEOPLE - 1, True, "people who answered")
    late = next(one for one in found.codes if one.code == "on_time")
    assert late.share.low < late.share.estimate < late.share.high
    assert late.design_effect > 1
    (own,) = late.segments
    # Planted: 70% of pro speak of lateness, 20% of the others.
    assert own.verdict == "more"
    assert own.share.low < 0.7 < own.share.high
    assert own.others.low < 0.2 < own.others.high
    price = next(one for one in found.codes if one.code == "price")
    assert price.segments[0].verdict == "less"


def test_quotes_say_nobody(shop):
    for found in (shop.voices.themes(survey="nps"), shop.voices.themes(), shop.voices.themes(channel="interview")):
        for one in found.codes:
            for quote in one.quotes:
                assert "@" not in quote
                assert "1234" not in quote
    hidden = shop.voices.themes(survey="nps", hide=["order"])
    assert not any("77123" in quote for one in hidden.codes for quote in one.quotes)


def test_interviews_have_participants_and_quotes_only(shop):
    found = shop.voices.themes(channel="interview")
    assert isinstance(found, CountedMentions)
    assert found.participants == 6
    assert all(one.participants <= 6 and not hasattr(one, "share") for one in found.codes)
    assert "No percentages" in found.sentences[0]
    with pytest.raises(UsageError):
        shop.voices.themes(channel="interview", segments=["pro"])


def test_interviews_are_never_among_the_messages(shop):
    found = shop.voices.themes()
    assert found.texts == PEOPLE - 1
    assert "not of all customers" in found.sentences[0]


def test_themes_nobody_wrote_a_code_for(shop):
    found = shop.voices.themes(survey="nps", discover=True)
    assert {one.kind for one in found.codes} == {"theme"}
    assert any("delivery" in one.title or "parcel" in one.title or "late" in one.title for one in found.codes)


def test_small_groups_are_hidden(shop, tmp_path):
    (tmp_path / "rare.yaml").write_text(
        "codebook: rare\nneeds:\n  - {code: seldom, phrases: [told me please]}\n  - {code: often, words: [price]}\n"
    )
    shop.voices.keep_codebook(tmp_path / "rare.yaml")
    found = shop.voices.themes("rare", survey="nps", segments=["pro"])
    seldom = next(one for one in found.codes if one.code == "seldom")
    assert (seldom.people, seldom.share, seldom.quotes, seldom.segments) == (None, None, (), ())
    assert any(one.code == "suppressed" for one in found.findings)
    shop.voices.retire("rare")


def test_agreement_with_people(shop, tmp_path):
    path = tmp_path / "human.csv"
    path.write_text(
        "text,code,coder\nMy parcel never arrived,on_time,ann\nThe price is too high,,ann\nAll fine, thanks,,x\n"
    )
    found = shop.voices.themes(survey="nps", human=path)
    assert found.agreement.texts > 2
    assert found.agreement.alpha.estimate == 1.0
    path.write_text("text,code\nnobody said this,on_time\n")
    with pytest.raises(NoAnswerError):
        shop.voices.themes(survey="nps", human=path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError):
        shop.voices.themes(survey="nps", human=path)


def test_names_are_checked(shop):
    with pytest.raises(UnknownNameError):
        shop.voices.themes(survey="none")
    with pytest.raises(UnknownNameError):
        shop.voices.themes(channel="none")
    with pytest.raises(UsageError):
        shop.voices.themes(survey="nps", channel="chat")
    with pytest.raises(UsageError):
        shop.voices.themes(item="why")


def test_the_report(shop, tmp_path):
    from segmentary.models.progress import quiet
    from segmentary.report.voices.report import render_voices
    from segmentary.workspace.voice_reporting import voices_data

    data = voices_data(shop, (), quiet)
    assert [one.source for one in data.shares] == ["messages", "nps"]
    assert [one.source for one in data.interviews] == ["interview"]
    assert [one.month for one in data.moods] == ["2026-01", "2026-02", "2026-03"]
    page = render_voices(data, tmp_path / "report", forms=["html"]).html.read_text(encoding="utf-8")
    assert "Delivery on time" in page
    assert "@example" not in page
    interviews = page.rpartition("Heard in interviews: interview")[2].partition("What the words mean")[0]
    assert "No percentages" in interviews
    assert "participants" in interviews
    assert "%" not in interviews
