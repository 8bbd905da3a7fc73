"""Connected components."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segmentary.identity.graph import components


def test_nothing_to_join():
    assert components(0, []) == []
    assert components(3, []) == []


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_components_are_what_can_be_reached(case):
    size, edges = case
    reach = {node: {node} for node in range(size)}
    for _ in range(size):
        for a, b in edges:
            both = reach[a] | reach[b]
            for node in both:
                reach[node] = reach[node] | both
    expected = {tuple(sorted(group)) for group in reach.values() if len(group) > 1}
    assert {tuple(group) for group in components(size, edges)} == expected
