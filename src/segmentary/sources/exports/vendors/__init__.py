"""Tables of the tools people have, as data: one file a vendor."""
