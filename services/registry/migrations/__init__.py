"""Schema versions of the registry's database."""
