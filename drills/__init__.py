"""Drills: failures and loads, rehearsed on real processes. `make drill-overload` runs one of them."""
