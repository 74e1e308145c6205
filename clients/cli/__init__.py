"""The `innkeeper` command: run the platform, look into it, and try it out."""
