"""The report of a campaign: the verdict first, then what it changed, for whom, at which cost, and what is not known."""
