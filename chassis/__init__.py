"""The runtime that every Innkeeper service stands on."""
