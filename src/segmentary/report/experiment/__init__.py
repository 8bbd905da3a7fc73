"""The report of an experiment, and of a campaign that was none: the verdict first, then why to believe it."""
