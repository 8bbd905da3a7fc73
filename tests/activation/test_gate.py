from hypothesis import given
from hypothesis import strategies as st

from segmentary.activation.gate import allowed

said = st.none() | st.tuples(st.sampled_from(["", "2026-01-01", "2026-01-02"]), st.booleans())


@given(said, said)
def test_the_later_counts_and_of_one_instant_the_refusal(standing, live):
    known = [one for one in (standing, live) if one is not None]
    found = allowed(standing, live, consent_needed=True)
    if not known:
        assert found == "no_consent"
        assert allowed(standing, live, consent_needed=False) is None
        return
    newest = max(at for at, _ in known)
    refused = any(not granted for at, granted in known if at == newest)
    assert found == ("refused" if refused else None)
    assert found == allowed(standing, live, consent_needed=False)
