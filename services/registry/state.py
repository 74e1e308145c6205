"""The state of the mesh in this process: as in the database, which several registries may share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from chassis.storage.database import Database
from services.registry import store
from services.registry.mesh import Mesh

FOLLOW_EVERY = 0.25
"""Seconds between two looks at what other registries have changed."""


class MeshState:
    """The mesh as it was last read.

    Args:
        database: Where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.mesh = Mesh(revision=-1)
        self.changed: Callable[[], None] = lambda: None
        """Called, in the event loop, after each change."""

        self._news = asyncio.Event()
        self._closed = False

    async def refresh(self) -> None:
        """Reads the mesh anew where it has changed, here or by another registry."""
        if await self._database.read(store.revision) == self.mesh.revision:
            return
        mesh = await self._database.read(store.mesh)
        if mesh.revision <= self.mesh.revision:
            return
        self.mesh = mesh
        self._tell()
        self.changed()

    async def watch(self) -> AsyncIterator[Mesh]:
        """The mesh now and after each change, until `close`."""
        told = -2
        while not self._closed:
            news = self._news
            if self.mesh.revision != told:
                told = self.mesh.revision
                yield self.mesh
            else:
                await news.wait()

    def close(self) -> None:
        """Ends all watching."""
        self._closed = True
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
