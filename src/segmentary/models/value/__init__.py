"""Lifetime value: how often customers will buy, how much they will spend, and whether they are still there."""
