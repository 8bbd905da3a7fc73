"""Which id a merged customer keeps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segmentary.identity.survivorship import RecordNode, customer_id, survivor

NODES = st.lists(
    st.builds(
        RecordNode,
        st.sampled_from(["customer", "crm", "email"]),
        st.sampled_from(["1", "2", "10", "a@b.org"]),
        st.integers(0, 2),
        st.integers(1, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda n: (n.id_space, n.record_id),
)


@given(NODES, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(nodes, chance):
    shuffled = list(nodes)
    chance.shuffle(shuffled)
    assert survivor(shuffled) == survivor(nodes)


def test_the_record_that_is_still_there_wins_then_the_better_space_then_the_older():
    old = RecordNode("customer", "9", known_at=1)
    assert survivor([old, RecordNode("customer", "1", known_at=2)]) == old
    assert survivor([old, RecordNode("email", "a@b.org", known_at=0)]) == old
    gone = RecordNode("customer", "1", known_at=1, gone=True)
    assert survivor([gone, old]) == old


def test_ids_of_other_spaces_carry_their_space():
    assert customer_id(RecordNode("customer", "7"), "customer") == "7"
    assert customer_id(RecordNode("crm", "7"), "customer") == "crm:7"
