"""The RPC of the documents service."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Final

from innkeeper.documents.v1 import documents_pb2
from services.documents.language import language_of
from services.documents.messages import to_document
from services.documents.workers import Workers

CHUNK: Final = 64 * 1024
"""Bytes of a piece of a document at most."""


class DocumentsServicer:
    """Has documents printed, and sends them."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def render_document(
        self, request: documents_pb2.RenderDocumentRequest
    ) -> AsyncIterator[documents_pb2.RenderDocumentResponse]:
        document = to_document(request)
        printed = await self._workers.print(document)
        content = printed.content
        info = documents_pb2.DocumentInfo(
            content_type="application/pdf",
            file_name=f"{document.kind}-{document.confirmation_code}.pdf",
            size=len(content),
            sha256=hashlib.sha256(content).digest(),
            language_code=language_of(document.language),
            page_count=printed.pages,
        )
        yield documents_pb2.RenderDocumentResponse(info=info)
        for begin in range(0, len(content), CHUNK):
            yield documents_pb2.RenderDocumentResponse(data=content[begin : begin + CHUNK])
