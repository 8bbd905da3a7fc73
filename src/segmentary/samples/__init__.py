"""Ready businesses to try everything on: one generated with planted truth, one real."""
