"""What customers say becomes dated events: once, by the newest coder, of nobody who refused, quoting what was said."""

import datetime as dt
import json
import shutil

import pytest
from sqlglot import exp
from tests.interfaces.cli.voiced import BOOK, write_files

import segmentary as sg
from segmentary.errors import DefinitionError, NoAnswerError, UnknownNameError, UsageError

PEOPLE = 24
LATE = """
segment: late
where:
  event: voice_coded
  where: {all: [{property: need, is: on_time}, {property: channel, is: chat}]}
  count: {gte: 1}
"""
HEADER = "customer_id,purpose,channel,granted,happened_at\n"


@pytest.fixture(scope="module")
def business(tmp_path_factory):
    """A business with texts, and nothing that codes yet; every test has its own copy."""
    folder = tmp_path_factory.mktemp("voices")
    files = folder / "files"
    files.mkdir()
    write_files(files, PEOPLE)
    with sg.init(folder / "shop", timezone="UTC", environment={}) as workspace:
        workspace.add(files / "customers.csv", files / "consents.csv")
        workspace.add(files / "chats.csv", files / "talks.csv", kind="messages")
        workspace.add(files / "nps.csv", kind="responses")
        workspace.apply(files / "pro.yaml")
    return folder


@pytest.fixture
def shop(business, tmp_path):
    shutil.copytree(business / "shop", tmp_path / "shop")
    shutil.copytree(business / "files", tmp_path / "files")
    with sg.open(tmp_path / "shop") as workspace:
        workspace.voices.keep_codebook(tmp_path / "files" / "shop.yaml")
        yield workspace


@pytest.fixture(scope="module")
def coded(business, tmp_path_factory):
    """The business coded once, with what was said of it; tests leave its codes as they are."""
    folder = tmp_path_factory.mktemp("coded")
    shutil.copytree(business / "shop", folder / "shop")
    with sg.open(folder / "shop") as workspace:
        workspace.voices.keep_codebook(business / "files" / "shop.yaml")
        yield workspace, workspace.voices.code()


def events(workspace):
    names = ("customer_id", "happened_at", "known_at", "message_id", "channel", "properties")
    query = exp.select(*names).from_("events").where("name = 'voice_coded'").order_by("message_id")
    return [{**dict(zip(names, row, strict=True)), **json.loads(row[-1])} for row in workspace.engine.rows(query)]


def texts(workspace):
    said = dict(workspace.engine.rows(exp.select("row_key", "text").from_("messages")))
    return {*said.values(), *(value for (value,) in workspace.engine.rows(exp.select("value").from_("responses")))}


def test_every_passage_is_an_event_of_when_it_was_said(coded):
    shop, found = coded
    held = events(shop)
    # A chat and an answer of everybody but the one who refused, and the interviews of people who are customers too.
    assert found.left_out.refused_analytics == 2
    assert found.texts == 2 * (PEOPLE - 1) + 24
    assert found.passages == len(held)
    first = next(one for one in held if one["channel"] == "chat" and one["customer_id"] == "c0")
    assert first["happened_at"] == dt.datetime(2026, 1, 5, 9)
    assert first["known_at"].year >= 2026
    assert first["known_at"] > first["happened_at"]
    assert not any(one["customer_id"] == "c7" for one in held)
    assert {one["need"] for one in held if "need" in one} == {"on_time", "price"}
    every = texts(shop)
    assert all(any(one["quote"] in text for text in every) for one in held)
    assert all(one["coder"].startswith("shop@v1 ") for one in held)


def test_the_same_again_adds_nothing(coded):
    shop, first = coded
    before = events(shop)
    again = shop.voices.code()
    assert (again.texts, again.passages, again.known) == (0, 0, first.texts)
    assert events(shop) == before


def test_a_new_version_replaces_and_an_old_one_may_come_back(shop, tmp_path):
    shop.voices.code()
    before = len(events(shop))
    (tmp_path / "shop.yaml").write_text(BOOK.replace("words: [price, expensive, cost]", "words: [nothing]"))
    shop.voices.keep_codebook(tmp_path / "shop.yaml")
    shop.voices.code()
    held = events(shop)
    assert {one["need"] for one in held if "need" in one} == {"on_time"}
    assert {one["coder"].split()[0] for one in held} == {"shop@v2"}
    shop.voices.code("shop@v1")
    back = events(shop)
    assert len(back) == before
    assert {one["coder"].split()[0] for one in back} == {"shop@v1"}
    assert shop.verify().problems == ()


def test_who_refuses_later_is_withdrawn(shop, tmp_path):
    shop.voices.code()
    (tmp_path / "later.csv").write_text(HEADER + "c3,analytics,any,false,2026-06-01\n")
    shop.add(tmp_path / "later.csv", kind="consents")
    found = shop.voices.code()
    assert (found.texts, found.withdrawn) == (0, 2)
    assert not any(one["customer_id"] == "c3" for one in events(shop))
    assert shop.voices.code().withdrawn == 0


def test_rules_and_traits_follow(coded):
    shop, _ = coded
    (shop.folder.segments / "late.yaml").write_text(LATE)
    shop.apply()
    shop.run("2026-03-01")
    wanted = {one["customer_id"] for one in events(shop) if one["channel"] == "chat" and one.get("need") == "on_time"}
    assert set(shop.segment("late").ids()) == wanted
    names = ("voice_language", "voice_main_need", "voice_open_complaint", "voice_negative_share_90d")
    query = exp.select("customer_id", *names).from_("traits")
    held = {row[0]: row[1:] for row in shop.warehouse.rows(query)}
    upset = next(
        one["customer_id"] for one in events(shop) if one.get("need") == "on_time" and one["channel"] == "chat"
    )
    assert held[upset][:3] == ("en", "on_time", True)
    assert held["c7"] == (None, None, None, None)


def test_only_since_and_only_there(shop):
    some = shop.voices.code(since="2026-01-10", channels=["chat"])
    assert {one["channel"] for one in events(shop)} == {"chat"}
    assert min(one["happened_at"] for one in events(shop)) >= dt.datetime(2026, 1, 10)
    assert 0 < some.texts < PEOPLE
    with pytest.raises(UnknownNameError):
        shop.voices.code(channels=["smoke"])
    with pytest.raises(UnknownNameError):
        shop.voices.code(survey="none")
    with pytest.raises(UnknownNameError):
        shop.voices.code(survey="nps", items=["none"])


def test_models_and_codebooks_are_kept_with_versions(shop, tmp_path):
    pairs = [(f"{stem} {i}", label) for label, stem in (("a", "where is it"), ("b", "stop it")) for i in "xyz"]
    kept = shop.voices.train("wants", [one for one, _ in pairs], [one for _, one in pairs])
    assert (kept.label, kept.says, kept.labels) == ("wants@v1", "intent", ("a", "b"))
    again = shop.voices.train("wants", [one for one, _ in pairs], [one for _, one in pairs])
    assert again == kept
    assert shop.voices.model("wants").labels == ("a", "b")
    assert [one.name for one in shop.voices.kept()] == ["shop", "wants"]
    assert shop.voices.coder().version.startswith("shop@v1 ")
    with pytest.raises(UsageError):
        shop.voices.train("shop", ["a"], ["b"])
    with pytest.raises(UsageError):
        shop.voices.train("No Name", ["a"], ["b"])
    with pytest.raises(UsageError):
        shop.voices.train("moods", ["a b"], ["happy"], says="sentiment")
    with pytest.raises(UsageError):
        shop.voices.model("shop")
    shop.voices.retire("wants")
    assert [one.name for one in shop.voices.kept()] == ["shop"]


def test_codebook_files(shop, tmp_path):
    with pytest.raises(UsageError):
        shop.voices.keep_codebook(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("needs: [")
    with pytest.raises(DefinitionError):
        shop.voices.keep_codebook(tmp_path / "bad.yaml")
    (tmp_path / "My needs.json").write_text('{"needs": [{"code": "a", "words": ["x"]}]}')
    assert shop.voices.keep_codebook(tmp_path / "My needs.json").name == "my_needs"
    with pytest.raises(UsageError):
        shop.voices.coder("shop", "my_needs")


def test_nothing_said(tmp_path):
    with sg.init(tmp_path / "empty", environment={}) as workspace:
        assert workspace.voices.code().texts == 0
        with pytest.raises(NoAnswerError):
            workspace.voices.themes()
        with pytest.raises(NoAnswerError):
            workspace.voices.report(tmp_path / "report")


def test_what_may_be_ours_is_nobodys_voice(shop, tmp_path):
    rows = [
        "c1,chat,in,2026-05-01,9,late again",
        "c1,chat,,2026-05-02,9,late for sure",
        "c1,chat,out,2026-05-03,9,late",
    ]
    (tmp_path / "some.csv").write_text(
        "customer_id,channel,direction,happened_at,conversation_id,text\n" + "\n".join(rows) + "\n"
    )
    (tmp_path / "posts.csv").write_text("customer_id,channel,happened_at,text\nc1,social,2026-05-04,late post\n")
    for name in ("some.csv", "posts.csv"):
        shop.add(tmp_path / name, kind="messages", columns={"text": "text"})
    shop.voices.code(since="2026-05-01")
    assert [one["quote"] for one in sorted(events(shop), key=lambda one: one["happened_at"])] == [
        "late again",
        "late post",
    ]


def test_codes_learnt_from_examples_code_too(shop, tmp_path):
    examples = {"late": ("parcel is late", "late delivery"), "dear": ("price is too high", "expensive thing")}
    codes = [
        {"code": code, "examples": [f"{text} {end}" for text in own for end in ("", "now", "again", "please")]}
        for code, own in examples.items()
    ]
    (tmp_path / "taught.json").write_text(json.dumps({"codebook": "taught", "topics": codes}))
    shop.voices.keep_codebook(tmp_path / "taught.json")
    (one,) = shop.voices.coder("taught").code("My parcel is late")
    assert one.topic == "late"
    assert one.certainty < 1
