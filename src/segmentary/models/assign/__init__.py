"""Who belongs to which found segment: one definition of it, in arrays and inside the engine."""
