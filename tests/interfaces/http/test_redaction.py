"""Who may see rows of people but not who they are sees neither contact data nor places nor free text."""

from __future__ import annotations

import pytest

from segmentary.errors import AccessDeniedError
from segmentary.interfaces.http.access import Caller
from segmentary.interfaces.http.redaction import hidden_traits, redacted
from segmentary.interfaces.http.routes.exports import refuse_personal
from segmentary.interfaces.http.shown_people import shown_transitions
from segmentary.workspace.access.roles import PERMISSIONS
from segmentary.workspace.segment_activity import Flow, Transitions

ANALYST = Caller("a", "user", "analyst", PERMISSIONS["analyst"])
MARKETER = Caller("m", "user", "marketer", PERMISSIONS["marketer"])


def test_what_tells_who_somebody_is_is_hidden_from_analysts(site):
    with site.serving.reading() as workspace:
        hidden = hidden_traits(ANALYST, workspace)
        assert hidden
        assert all(one.name in hidden for one in workspace.traits() if one.sensitivity in ("identifier", "special"))
        assert hidden_traits(MARKETER, workspace) == frozenset()


def test_lists_of_platforms_are_personal_whoever_asked_for_them(site):
    with site.serving.reading() as workspace:
        refuse_personal(MARKETER, workspace, "meta", ())
        refuse_personal(ANALYST, workspace, "csv", ("order_count",))
        with pytest.raises(AccessDeniedError):
            refuse_personal(ANALYST, workspace, "meta", ())


def test_movements_of_few_are_not_told_to_who_may_not_see_people(site):
    viewer = Caller("v", "user", "viewer", PERMISSIONS["viewer"])
    flows = (Flow("from", "a", "A", 3), Flow("to", "b", "B", 400))
    found = Transitions("x", 1, None, 403, 400, 5, flows, 3, 0)
    with site.serving.reading() as workspace:
        seen = shown_transitions(viewer, workspace, found)
        assert (seen.flows, seen.entered_from_nowhere, seen.left_to_nowhere) == (flows[1:], None, 0)
        assert shown_transitions(ANALYST, workspace, found) == found


def test_rows_lose_values_wherever_they_stand(site):
    row = {
        "customer_id": "c1",
        "email": "a@example.com",
        "order_count": 3,
        "traits": {"phone": "+49 1", "order_count": 3},
        "attributes": [{"name": "first_name", "value": "Ada"}, {"name": "order_count", "value": 3}],
        "segments": [{"name": "vip"}],
        "said": [{"direction": "in", "text": "I live in 12 Elm Street"}],
    }
    with site.serving.reading() as workspace:
        (found,) = redacted(ANALYST, workspace, [row])
        assert redacted(MARKETER, workspace, [row]) == [row]
    assert found == {
        "customer_id": "c1",
        "email": None,
        "order_count": 3,
        "traits": {"phone": None, "order_count": 3},
        "attributes": [{"name": "first_name", "value": None}, {"name": "order_count", "value": 3}],
        "segments": [{"name": "vip"}],
        "said": [{"direction": "in", "text": None}],
    }
