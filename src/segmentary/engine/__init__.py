"""Run plans where the data lives."""
