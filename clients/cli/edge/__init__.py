"""Envoy as the edge of the platform: its program, and what it has to know to ask the registry for the rest."""
