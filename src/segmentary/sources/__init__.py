"""Bring records in, checked, with a quality account."""
