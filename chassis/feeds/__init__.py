"""Feeds: what happens, kept in a log, and told from any place in it on to whoever watches."""
