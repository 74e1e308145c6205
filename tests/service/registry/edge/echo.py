"""A web service that answers with what it was asked: to see what the edge lets through."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from chassis.service import Assembly, Kit, Service


def _assemble(kit: Kit) -> Assembly:
    return Assembly(
        app=Starlette(
            routes=[
                WebSocketRoute("/{path:path}", _told),
                Route("/{path:path}", _answer, methods=["GET", "POST", "OPTIONS"]),
            ]
        )
    )


async def _answer(request: Request) -> Response:
    """The path and the headers as they came; the headers of its own are those that the query names."""
    await request.body()
    return JSONResponse(
        {"path": request.url.path, "headers": dict(request.headers)}, headers=dict(request.query_params)
    )


async def _told(socket: WebSocket) -> None:
    await socket.accept(subprotocol=socket.scope["subprotocols"][0] if socket.scope["subprotocols"] else None)
    await socket.send_json(dict(socket.headers))
    async for text in socket.iter_text():
        if text == "leave":
            await socket.close()
            return
        await socket.send_text(text)


ECHO = Service(name="web", assemble=_assemble)
