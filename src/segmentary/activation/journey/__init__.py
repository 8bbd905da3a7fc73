"""Journeys: what happens to one person over days, one step after the other."""
