"""The published cases, judged by the oracle and by the compiled plan on DuckDB."""

from __future__ import annotations

import pytest
from tests.conformance import Example, examples
from tests.language.histories import Both

from segmentary.errors import UnknownNameError

REFUSALS = {"unknown_trait": UnknownNameError}


def name(case: Example) -> str:
    return case.name


def both(case: Example) -> Both:
    return Both(
        *case.people,
        context=case.context,
        types=case.types,
        segments=case.segments,
        traits=case.traits,
        given=case.given,
        lists=case.lists,
        entries=case.entries,
        places=case.places,
        references=case.references,
        groups=case.groups,
    )


def test_all_27_requests_are_there():
    numbers = {case.name.partition("-")[0] for case in examples("cases")}
    assert numbers == {f"{n:02}" for n in range(1, 28)}
    assert all(len(case.judged) >= 5 for case in examples("cases"))


@pytest.mark.parametrize("case", [*examples("cases"), *examples("decided")], ids=name)
def test_members_are_as_published(case: Example):
    if case.error is not None:
        with pytest.raises(REFUSALS[case.error]):
            both(case).members("case")
        return
    assert both(case).members("case") == case.members
