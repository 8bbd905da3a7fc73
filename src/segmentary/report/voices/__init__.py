"""The report of what customers say."""
