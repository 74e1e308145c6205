"""Calls of every method that the contracts declare, made from the descriptors alone."""

from __future__ import annotations
