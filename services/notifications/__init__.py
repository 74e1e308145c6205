"""The notifications service: what guests and hotels are told, once each."""
