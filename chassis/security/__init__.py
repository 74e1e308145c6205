"""Tokens, the keys that verify them, and secrets."""
