"""Jobs in a process: acknowledged, one at a time, joined, stopped, begun again, given up."""

import threading

import pytest

import segmentary as sg
from segmentary.errors import BusyError, UnknownNameError, UsageError
from segmentary.ledger import jobs as table
from segmentary.workspace import jobs as asking
from segmentary.workspace.serving import Serving


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    orders = folder / "orders.csv"
    orders.write_text("order_id,customer_id,ordered_at,amount\no1,c1,2026-01-02T10:00:00,10.50\n")
    with sg.init(folder / "shop") as made:
        made.add(orders, name="orders")
        yield made


@pytest.fixture
def serving(workspace):
    made = Serving(workspace)
    yield made
    made.close()


def ended(serving, job):
    """Wait for the end of a job, without looking at a clock."""
    while not (found := serving.jobs.get(job.job)).ended:
        threading.Event().wait(0.01)
    return found


def test_a_run_is_done(serving):
    job = serving.jobs.start("run", {"as_of": "2026-02-01"}, by="ines")
    assert (job.state, job.asked_by, job.attempts) == ("waiting", "ines", 0)
    found = ended(serving, job)
    assert (found.state, found.attempts, found.done_share) == ("done", 1, 1.0)
    assert found.result["customers"] == 1
    assert found.started_at >= found.created_at
    assert found.ended_at >= found.started_at
    assert serving.jobs.seconds["run", "done"][0] == 1


def test_what_goes_wrong_is_told_with_a_hint(serving):
    found = ended(serving, serving.jobs.start("run", {"as_of": "yesterday"}))
    assert found.state == "failed"
    assert found.problem["code"] == "usage"
    assert "2026-03-01" in found.problem["hint"]
    assert ended(serving, serving.jobs.start("run", {"frob": 1})).problem["code"] == "usage"


def test_one_that_waits_is_joined_and_stopped_at_once(serving):
    serving.start()
    with serving.changing():
        first = serving.jobs.start("run", {"as_of": "2026-02-02"})
        while serving.jobs.get(first.job).state == "waiting":
            threading.Event().wait(0.01)
        second = serving.jobs.start("run", {"as_of": "2026-02-03"})
        assert serving.jobs.start("run", {"as_of": "2026-02-03"}).job == second.job
        third = serving.jobs.start("run", {"as_of": "2026-02-04"})
        assert third.job != second.job
        assert serving.jobs.cancel(second.job).state == "cancelled"
        # Claimed, and waiting for its turn: it gives up.
        serving.jobs.cancel(first.job)
        assert ended(serving, first).state == "cancelled"
    assert serving.jobs.cancel(first.job).state == "cancelled"
    assert ended(serving, third).state == "done"
    assert [one.job for one in serving.jobs.list(states=("cancelled",), kinds=("run",))[:2]] == [second.job, first.job]


def test_what_another_process_left_is_taken_up(workspace):
    before = Serving(workspace)
    tick, ledger = workspace.tick, workspace.ledger
    names = {}
    for number, (kind, attempts) in enumerate((("run", 1), ("run", 3), ("freeze", 1), ("gone", 1))):
        names[kind, attempts] = name = f"left-{number}"
        table.add(ledger, name, kind, '{"as_of": "2026-02-05"}', "ines", at=tick())
        for _ in range(attempts):
            table.claim(ledger, "dead", at=tick(), until=tick())
            if attempts > 1:
                table.put_back(ledger, name, counted=True)
        if attempts > 1:
            table.claim(ledger, "dead", at=tick(), until=tick())
    table.add(ledger, "asked", "run", "{}", "ines", at=tick())
    table.claim(ledger, "dead", at=tick(), until=tick())
    table.ask_to_stop(ledger, "asked", at=tick())
    before.close()
    serving = Serving(workspace)
    serving.start()
    again = ended(serving, serving.jobs.get(names["run", 1]))
    given_up, once, gone = (serving.jobs.get(names[one]) for one in (("run", 3), ("freeze", 1), ("gone", 1)))
    assert (again.state, again.attempts) == ("done", 2)
    assert given_up.state == once.state == gone.state == "failed"
    assert "begun 4 times" in given_up.problem["title"]
    assert "not begun again by itself" in once.problem["title"]
    assert serving.jobs.get("asked").state == "cancelled"
    serving.close()


def test_a_stopped_server_begins_again(workspace):
    serving = Serving(workspace)
    serving.start()
    with serving.changing():
        job = serving.jobs.start("run", {"as_of": "2026-02-06"})
        while serving.jobs.get(job.job).state == "waiting":
            threading.Event().wait(0.01)
        serving.close()
    serving = Serving(workspace)
    assert (serving.jobs.get(job.job).state, serving.jobs.get(job.job).attempts) == ("waiting", 0)
    serving.start()
    assert ended(serving, job).state == "done"
    serving.close()


@pytest.mark.parametrize(
    "arguments",
    [{"a": float("nan")}, {"a": float("inf")}, {"a": "\ud800"}, {"a": {1, 2}}, {"a": "x" * 300_000}, {"\udfff": 1}],
)
def test_arguments_that_json_cannot_say(serving, arguments):
    with pytest.raises(UsageError):
        serving.jobs.start("run", arguments)
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(UsageError):
        serving.jobs.start("run", {"a": deep})


def test_names_that_are_not_there(serving):
    with pytest.raises(UnknownNameError):
        serving.jobs.start("frob")
    with pytest.raises(UnknownNameError):
        serving.jobs.get("frob")


def test_too_many(serving, monkeypatch):
    monkeypatch.setattr(asking, "MOST_WAITING", 0)
    with pytest.raises(BusyError):
        serving.jobs.start("run", {"as_of": "2026-02-07"})


def test_nobody_takes_the_room_of_all_others(serving, monkeypatch):
    monkeypatch.setattr(asking, "MOST_WAITING_OF_ONE", 1)
    # Nothing is begun while somebody else has the turn.
    with serving.changing():
        made = [serving.jobs.start("run", {"as_of": "2026-02-12"}, by="vera")]
        with pytest.raises(asking.TooManyOfOneError):
            serving.jobs.start("run", {"as_of": "2026-02-13"}, by="vera")
        made.append(serving.jobs.start("run", {"as_of": "2026-02-14"}, by="max"))
        for one in made:
            serving.jobs.cancel(one.job)
    assert [ended(serving, one).state for one in made] == ["cancelled"] * 2


def test_what_is_newest_grows(serving):
    before = serving.jobs.newest()
    ended(serving, serving.jobs.start("run", {"as_of": "2026-02-08"}))
    serving.jobs.seen = None
    after = serving.jobs.newest()
    assert (after.run, after.jobs) == (before.run + 1, before.jobs + 1)
    assert after.definitions == before.definitions
