from segmentary.activation.campaign import TREATED, Campaign, Target


def test_without_saying_so_one_in_ten_is_held_out_and_there_is_one_arm():
    campaign = Campaign("autumn", "email", "marketing", "autumn", (Target("vip"),))
    assert (campaign.holdout, dict(campaign.arms), campaign.obey_caps) == (0.1, {TREATED: 1.0}, True)
