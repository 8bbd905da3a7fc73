"""Every kind of job is there, and needs a permission that exists."""

from typing import get_args

import pytest

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Permission
from segmentary.workspace.job_kinds import KINDS, kind_of


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_can_be_done(name):
    kind = kind_of(name)
    assert callable(kind.work())
    assert kind.permission in get_args(Permission)
    assert kind.title[:1].isupper()


def test_an_unknown_kind():
    with pytest.raises(UnknownNameError, match="frob"):
        kind_of("frob")
