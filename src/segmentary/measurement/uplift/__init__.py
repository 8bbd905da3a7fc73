"""Whom a treatment helps: uplift learners, their curves with intervals, and whom to treat."""
