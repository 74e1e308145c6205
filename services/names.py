"""The names of all services, in the order of the catalogue, for whoever needs no more: the catalogue loads them all."""

from __future__ import annotations

NAMES = (
    "registry",
    "auth",
    "users",
    "hotels",
    "bank",
    "payments",
    "documents",
    "links",
    "booking",
    "search",
    "notifications",
    "web",
)
