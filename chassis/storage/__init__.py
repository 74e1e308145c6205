"""Databases: units of work, the tables that every service has, and schema versions."""
