"""What keeps a process from starting. By itself, so that a process that serves no calls need not load gRPC for it."""

from __future__ import annotations


class StartError(Exception):
    """The process cannot start. The message is one line that names the setting, file or service, and what to do."""
