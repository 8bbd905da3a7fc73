import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.activation.campaign import Campaign, Target
from segmentary.activation.campaign_yaml import campaign_document, parse_campaign, read_campaign
from segmentary.errors import DefinitionError
from segmentary.language.yaml import cursors
from segmentary.workspace.documents import document_text

WHOLE = """campaign: autumn_offer
channel: email
purpose: marketing
message: autumn
targets:
  - segment: champions
    variant: thanks
  - at_risk
exclude: [staff]
holdout: 10%
arms: {plain: 50%, picture: 0.5}
metric: buys = any order_completed in 28d
from: 2026-03-01 09:00
until: 2026-03-15
unit_cost: 0.02
"""


def read(text):
    [cursor] = cursors(text, file="c.yaml", local_times=True)
    return read_campaign(cursor)


def test_a_whole_campaign():
    found = read(WHOLE)
    assert found.targets == (Target("champions", "thanks"), Target("at_risk"))
    assert (found.holdout, dict(found.arms), found.unit_cost) == (0.1, {"plain": 0.5, "picture": 0.5}, 0.02)
    assert (found.starts, found.ends) == ("2026-03-01T09:00", "2026-03-15")


words = st.text("abcxyz_", min_size=1, max_size=8).map(lambda one: f"a{one}")
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20).map(str.strip)


@st.composite
def campaigns(draw):
    segments = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    arms = draw(st.sampled_from([{"treated": 1.0}, {"a": 0.5, "b": 0.5}, {"a": 1 / 3, "b": 2 / 3}]))
    return Campaign(
        draw(words), draw(st.sampled_from(["email", "crm"])), "marketing", draw(words),
        tuple(Target(one, draw(st.sampled_from(["", "x"]))) for one in segments),
        tuple(draw(st.lists(words, max_size=2))), draw(st.sampled_from([0.0, 0.05, 0.1, 0.333, 0.9])), arms,
        owner=draw(texts), notes=draw(texts), unit_cost=draw(st.sampled_from([0.0, 0.02, 1e-7, 3.5])),
    )  # fmt: skip


@given(campaigns())
def test_what_is_kept_and_what_is_dumped_reads_as_the_same(campaign):
    document = campaign_document(campaign)
    again = parse_campaign(document)
    assert campaign_document(again) == document
    assert (again.targets, again.exclude, again.holdout) == (campaign.targets, campaign.exclude, campaign.holdout)
    assert campaign_document(read(document_text(document, "campaign"))) == document


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("holdout: 10%", "holdot: 10%"), "c.yaml:10:1: unknown key 'holdot'"),
        (("holdout: 10%", "holdout: 95%"), "c.yaml:10:10"),
        (("holdout: 10%", "holdout: ten"), "is no share"),
        (("picture: 0.5", "picture: 0.4"), "90% together"),
        (("picture: 0.5", "holdout: 0.5"), "cannot name an arm"),
        (("until: 2026-03-15", "until: 2026-02-15"), "before it begins"),
        (("  - at_risk", "  - champions"), "is a target twice"),
        (("campaign: autumn_offer", "campaign: Autumn Offer"), "cannot name a campaign"),
        (("message: autumn\n", ""), "lacks 'message'"),
        (("unit_cost: 0.02", "unit_cost: cheap"), "is no money"),
        (("from: 2026-03-01 09:00", "from: soon"), "is no day or time"),
        (("holdout: 10%", "obey_caps: false"), "obeys the caps"),
    ],
)
def test_mistakes_are_named_with_their_place(change, said):
    with pytest.raises(DefinitionError, match=None) as raised:
        read(WHOLE.replace(*change))
    assert said in str(raised.value)
    assert "c.yaml:" in str(raised.value)
