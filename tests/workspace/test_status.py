"""Whether what is served still holds: never run, fresh, stale by loads or by a definition it rests on."""

from __future__ import annotations

import pytest

import segmentary as sg
from segmentary.ledger.runs import last_run
from segmentary.workspace.status import FRESH, NEVER_RUN, States, rests_on, stale_by, status, status_then

RULES = """segment: lovers
where: {trait: visits, gte: LEAST}
---
segment: loud_lovers
where: {all: [{segment: lovers}, {trait: loud, is: true}]}
---
segment: others
where: {trait: visits, lt: 2}
"""


def define(workspace, least):
    (workspace.folder.segments / "all.yaml").write_text(RULES.replace("LEAST", str(least)))
    workspace.apply()


def people(folder, name):
    rows = "".join(f"{name}{n},{n},{'yes' if n % 2 else 'no'}\n" for n in range(6))
    path = folder / f"{name}.csv"
    path.write_text(f"customer_id,visits,loud\n{rows}")
    return path


def test_the_life_of_a_segment(tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(people(tmp_path, "a"), kind="customers")
        define(workspace, 3)
        assert status(workspace, None, "lovers") == NEVER_RUN
        workspace.run()
        run = last_run(workspace.ledger)
        assert {States(workspace, run).of(name) for name in ("lovers", "loud_lovers", "others")} == {FRESH}
        assert status(workspace, run, "unheard_of") == NEVER_RUN
        before = rests_on(workspace)
        define(workspace, 4)
        states = States(workspace, run)
        assert "one it rests on, changed" in states.of("lovers")
        assert states.of("loud_lovers") == states.of("lovers")
        assert states.of("others") == FRESH
        after = rests_on(workspace)
        assert {name for name in after if after[name] != before[name]} == {"lovers", "loud_lovers"}
        assert rests_on(workspace, ["others"]) == {"others": after["others"]}
        workspace.add(people(tmp_path, "b"), kind="customers", name="more")
        assert status(workspace, run, "others") == "stale: 1 load came since the run"
        assert status_then(workspace, run, run.finished_at) == FRESH
        assert status_then(workspace, run, workspace.tick()) == "stale: 1 load came since the run"


@pytest.mark.parametrize(("loads", "said"), [(-1, FRESH), (0, FRESH), (1, "1 load came"), (2, "2 loads came")])
def test_loads_are_counted_in_words(loads, said):
    assert said in stale_by(loads)
