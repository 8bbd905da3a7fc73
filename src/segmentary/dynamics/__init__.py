"""Segments over time: who no longer fits, what is emerging."""
