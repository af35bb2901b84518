"""Builders, factories and assertions that tests share."""
