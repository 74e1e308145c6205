"""The documents service, put together. It keeps nothing."""

from __future__ import annotations

from chassis.service import Assembly, Kit, Service
from innkeeper.documents.v1 import documents_pb2


def assemble(kit: Kit) -> Assembly:
    """The service, which starts processes when there is something to print."""
    from services.documents.servicer import DocumentsServicer
    from services.documents.workers import Workers

    workers = Workers(kit.settings.document_workers)
    return Assembly(servicer=DocumentsServicer(workers), stop=workers.stop)


SERVICE = Service(
    name="documents",
    contract=documents_pb2.DESCRIPTOR.services_by_name["DocumentsService"],
    assemble=assemble,
)
