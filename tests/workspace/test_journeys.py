import datetime as dt
import shutil

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.journeys import entries_of, under_way
from segmentary.workspace.ticking import tick

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MESSAGE = {
    "message": "hello",
    "variants": {
        "first": {"subject": "Hello {{ first_name | default: 'there' }}", "text": "Come back."},
        "second": {"subject": "Still there?", "text": "Really."},
        "thanks": {"subject": "Thank you", "text": "For clicking."},
    },
}
JOURNEY = {
    "journey": "back", "enter": {"segment": "quiet", "when": "is"}, "purpose": "marketing",
    "goal": {"event": "order_completed"},
    "steps": [
        {"hello": {"send": "hello", "variant": "first"}},
        {"pause": {"wait": "3d"}},
        {"reacted": {"branch": [{"when": {"event": "email_clicked", "of": "hello"}, "to": "thanks"}],
                     "otherwise": "again"}},
        {"again": {"send": "hello", "variant": "second", "then": "over"}},
        {"thanks": {"send": "hello", "variant": "thanks"}},
        {"over": {"end": "done"}},
    ],
}  # fmt: skip
SEGMENT = "segment: quiet\nwhere: {trait: order_count, lte: 3}\n---\nsegment: staff\nwhere: {trait: staff, is: true}\n"


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def on(self, **by: float) -> None:
        """A second more than said: moments given out at one time differ by microseconds."""
        self.now += dt.timedelta(**by) + dt.timedelta(seconds=1)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace that was run, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    sg.init(folder / "shop", environment={}, clock=Clock()).close()
    with (folder / "shop" / "segmentary.toml").open("a") as settings:
        settings.write('\n[channels.email]\nsender = "Shop <shop@example.com>"\n')
        settings.write('unsubscribe_url = "https://shop.example/u"\n')
    with sg.open(folder / "shop", environment={}, clock=Clock()) as workspace:
        fill(workspace, folder)
    return folder / "shop"


@pytest.fixture
def shop(made, tmp_path, clock):
    shutil.copytree(made, tmp_path / "shop")
    with sg.open(tmp_path / "shop", environment={}, clock=clock) as workspace:
        yield workspace


def fill(workspace, folder, people=6):
    rows = [f"c{n},c{n}@example.com,Ann{n},yes,{'true' if n == 5 else 'false'}" for n in range(people)]
    (folder / "customers.csv").write_text(
        "customer_id,email,first_name,accepts_marketing,staff\n" + "\n".join(rows) + "\n"
    )
    orders = [f"o{n},c{n},2026-01-0{1 + n % 9}T10:00:00,10.00" for n in range(people)]
    (folder / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(orders) + "\n")
    workspace.add(folder / "customers.csv", folder / "orders.csv")
    (workspace.folder.segments / "quiet.yaml").write_text(SEGMENT)
    workspace.apply()
    workspace.run()
    apply(workspace, MESSAGE)
    apply(workspace, JOURNEY)


def apply(workspace, document):
    from segmentary.language.cursor import Cursor

    return (workspace.messages if "message" in document else workspace.journeys).apply(Cursor(document))


def turn(workspace):
    return tick(workspace, send=False)


def waiting(workspace):
    rows = workspace.ledger.rows("select customer_id, variant, origin from outbox order by number")
    return [(who, variant, origin) for who, variant, origin in rows]


def happened(workspace, folder, name, who, at, **properties):
    path = folder / f"{name}-{who}.csv"
    keys = ["event_id", "event", "customer_id", "happened_at", *properties]
    path.write_text(",".join(keys) + "\n" + ",".join([f"{name}{who}", name, who, at.isoformat(), *properties.values()]))
    workspace.add(path, kind="events", columns={"message_id": "event_id", "name": "event"}, name=f"site_{name}")


def test_people_go_through_the_steps_with_the_clock(shop, clock, tmp_path):
    first = turn(shop)
    assert dict(first.journeys[0].counts)["entered"] == 6
    assert [(who, variant) for who, variant, _ in waiting(shop)] == [(f"c{n}", "first") for n in range(6)]
    assert turn(shop).journeys[0].counts.get("sent", 0) == 0, "asked again, nothing happens twice"
    clock.on(days=1)
    message = shop.ledger.rows("select message from outbox where customer_id = 'c1'")[0][0]
    happened(shop, tmp_path, "email_clicked", "c1", clock.now, message=message)
    happened(shop, tmp_path, "email_clicked", "c2", clock.now, message="of-another-message")
    (tmp_path / "new.csv").write_text(f"order_id,customer_id,ordered_at,amount\nn1,c3,{clock.now.isoformat()},10.00\n")
    shop.add(tmp_path / "new.csv")
    clock.on(days=2)
    turn(shop)
    assert sorted((who, variant) for who, variant, _ in waiting(shop)[6:]) == [
        ("c0", "second"), ("c1", "thanks"), ("c2", "second"), ("c4", "second"), ("c5", "second"),
    ]  # fmt: skip
    shown = shop.journeys.show("back")
    assert dict(shown.outcomes) == {"done": 5, "reached": 1}
    assert [trail.words for trail in shop.journeys.of("c3")] == ["did what the journey is for"]
    clock.on(days=400)
    assert turn(shop).journeys[0].counts["entered"] == 0, "never again unless it says so"


def test_again_after_its_time(shop, clock):
    apply(shop, {**JOURNEY, "again": "30d"})
    turn(shop)
    clock.on(days=3)
    turn(shop)
    assert len(entries_of(shop.ledger, "c0")) == 1
    clock.on(days=26, hours=23)
    turn(shop)
    assert len(entries_of(shop.ledger, "c0")) == 1
    clock.on(hours=1)
    turn(shop)
    assert len(entries_of(shop.ledger, "c0")) == 2


def test_a_new_version_is_for_those_who_come_then(shop, clock):
    turn(shop)
    shorter = {**JOURNEY, "steps": [{"pause": {"wait": "1d"}}, {"again": {"send": "hello", "variant": "second"}}]}
    apply(shop, shorter)
    clock.on(days=1)
    turn(shop)
    assert {variant for _, variant, _ in waiting(shop)} == {"first"}, "who is in it goes on by what they entered"
    clock.on(days=2)
    turn(shop)
    assert [variant for _, variant, _ in waiting(shop)].count("second") == 6
    assert {one.outcome for one in entries_of(shop.ledger, "c0")} == {"done"}


def test_only_who_enters_the_segment_from_then_on(shop, clock, tmp_path):
    apply(shop, {**JOURNEY, "enter": {"segment": "staff", "when": "enters"}})
    assert turn(shop).journeys[0].counts["entered"] == 0, "c5 was in it before"
    clock.on(days=1)
    (tmp_path / "later.csv").write_text("customer_id,staff\nc1,true\n")
    shop.add(tmp_path / "later.csv", kind="customers")
    turn(shop)
    assert [one.customer_id for one in under_way(shop.ledger, "back")] == ["c1"]


def test_who_does_something_enters(shop, clock, tmp_path):
    apply(shop, {**JOURNEY, "enter": {"event": "cart_abandoned"}, "exclude": ["staff"]})
    happened(shop, tmp_path, "cart_abandoned", "c0", clock.now - dt.timedelta(days=1))
    clock.on(hours=1)
    happened(shop, tmp_path, "cart_abandoned", "c2", clock.now)
    happened(shop, tmp_path, "cart_abandoned", "c5", clock.now)
    clock.on(hours=1)
    turn(shop)
    assert [one.customer_id for one in under_way(shop.ledger, "back")] == ["c2"]


def test_held_out_people_go_through_nothing_and_are_exposures(shop, clock):
    apply(shop, {**JOURNEY, "holdout": "50%"})
    turn(shop)
    held = {who for who in (f"c{n}" for n in range(6)) if entries_of(shop.ledger, who)[0].outcome == "holdout"}
    assert 0 < len(held) < 6
    assert held.isdisjoint(who for who, _, _ in waiting(shop))
    rows = shop.engine.run("select record_id, arm from exposures where campaign = 'back' order by 1").fetchall()
    assert {who for who, arm in rows if arm == "holdout"} == held
    assert len(rows) == 6
    clock.on(days=1)
    turn(shop)
    assert shop.engine.run("select count(*) from exposures").fetchone() == (6,)


def test_what_a_journey_changed_is_an_experiment_of_its_exposures(shop, clock):
    apply(shop, {**JOURNEY, "holdout": "50%"})
    turn(shop)
    clock.on(days=30)
    found = shop.journeys.result("back", "buys = any order_completed in 28d")
    assert found.sentence
    assert sum(found.sample_ratio.counts.values()) == 6
    assert shop.journeys.result("back", "buys = any order_completed in 28d").sentence == found.sentence
    apply(shop, {**JOURNEY, "journey": "all"})
    with pytest.raises(UsageError, match="holds nobody out"):
        shop.journeys.result("all", "buys = any order_completed in 28d")


def test_two_journeys_that_are_alone_do_not_share_people(shop):
    apply(shop, {**JOURNEY, "alone": True})
    apply(shop, {**JOURNEY, "journey": "other", "alone": True})
    turn(shop)
    assert len(under_way(shop.ledger, "back")) == 6
    assert under_way(shop.ledger, "other") == []


def test_pause_resume_stop(shop, clock):
    turn(shop)
    shop.journeys.pause("back")
    with pytest.raises(UsageError, match="paused already"):
        shop.journeys.pause("back")
    apply(shop, JOURNEY)
    clock.on(days=5)
    assert turn(shop).notes == ("back is paused",)
    shop.journeys.resume("back")
    turn(shop)
    assert [variant for _, variant, _ in waiting(shop)].count("second") == 6
    apply(shop, {**JOURNEY, "journey": "other"})
    turn(shop)
    assert shop.journeys.stop("other") == 6
    assert {one.outcome for one in entries_of(shop.ledger, "c0", "other")} == {"stopped"}
    assert list(shop.journeys.in_force()) == ["back"]


def test_what_it_names_must_exist(shop):
    for change, words in (
        ({"enter": {"segment": "quite"}}, "quiet"),
        ({"steps": [{"a": {"send": "hallo"}}]}, "hello"),
        ({"steps": [{"a": {"send": "hello", "variant": "frist"}}]}, "first"),
    ):
        with pytest.raises(UnknownNameError) as told:
            apply(shop, {**JOURNEY, **change})
        assert words in str(told.value)


def test_merged_people_go_on_as_the_survivor_once(shop, clock, tmp_path):
    turn(shop)
    (tmp_path / "merged.csv").write_text("customer_id,merged_into\nc0,c1\n")
    shop.add(tmp_path / "merged.csv", kind="customers", columns={"merged_into": "merged_into"})
    clock.on(days=3)
    turn(shop)
    assert sorted(who for who, variant, _ in waiting(shop) if variant == "second") == ["c1", "c2", "c3", "c4", "c5"]
    assert [one.outcome for one in entries_of(shop.ledger, "c0")] == ["merged"]
