"""Reach a segment, once, with consent."""
