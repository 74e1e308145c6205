"""Runs each service of the platform in a process of its own, and starts again what ends."""
