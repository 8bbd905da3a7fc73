"""Decide which records are the same customer."""
