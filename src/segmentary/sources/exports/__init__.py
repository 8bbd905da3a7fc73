"""Exports of tools people have, recognised by their shape: one row may become several canonical rows."""
