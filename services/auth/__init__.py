"""The auth service: who somebody is, and what they may do."""
