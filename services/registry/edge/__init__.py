"""The edge: the Envoy that callers from outside reach, as the contracts and the settings want it."""
