"""What predictions of contracts are fitted on: who counts as having left."""

import random

import pyarrow as pa
import pytest

import segmentary as sg
from segmentary.errors import NoAnswerError, UsageError
from segmentary.workspace.predicting import who_is_gone


@pytest.mark.parametrize(
    ("levels", "left_is", "place"),
    [
        (("no", "yes"), None, 1),
        (("0", "1"), None, 1),
        (("Gone", "here"), None, 0),
        (("Churned", "Stayed"), None, 0),
        (("paying", "stopped"), "Stopped", 1),
        (("no", "yes"), "true", 1),
    ],
)
def test_who_is_gone_is_told_by_what_the_words_mean(levels, left_is, place):
    assert who_is_gone("status", levels, left_is) == place


def test_where_nobody_can_tell_it_is_asked():
    with pytest.raises(UsageError, match="which value of status says that somebody has left") as caught:
        who_is_gone("status", ("paying", "stopped"), None)
    assert caught.value.hint == "--left-is 'stopped'"
    with pytest.raises(UsageError):
        who_is_gone("status", ("paying", "stopped"), "away")
    with pytest.raises(NoAnswerError):
        who_is_gone("status", ("a", "b", "c"), None)


def test_who_left_may_be_the_first_of_two_words(tmp_path):
    chance = random.Random(3)
    rows = []
    for number in range(500):
        hazard = 0.08 if (monthly := chance.random() < 0.5) else 0.01
        tenure, limit = 1, chance.randint(1, 40)
        while tenure < limit and chance.random() > hazard:
            tenure += 1
        rows.append((f"c{number}", tenure, "gone" if tenure < limit else "here", "monthly" if monthly else "yearly"))
    columns = map(list, zip(*rows, strict=True))
    table = pa.table(dict(zip(("customer_id", "months", "status", "contract"), columns, strict=True)))
    with sg.init(tmp_path / "telco", environment={}) as workspace:
        workspace.add(table, name="customers", kind="customers")
        fitted = workspace.predictions.churn("leaving", days=91, tenure="months", left="status", by=["contract"])
        assert fitted.gone == ("status", "gone")
        assert fitted.card.positives < fitted.card.people / 2
        (scored,) = workspace.predictions.score("leaving")
    assert scored.people == sum(status == "here" for _, _, status, _ in rows)
