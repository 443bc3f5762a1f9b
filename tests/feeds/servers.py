"""A feed server with remotetap's manners: it demands an Origin, and never reads what it is sent."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol


@dataclass
class Server:
    """What to send, how to misbehave, and what was seen of the clients."""

    frames: Sequence[str | bytes] = ()
    demand_origin: bool = False
    cut_every: int | None = None
    """Close the connection, without a word, after this many frames."""

    status: int | None = None
    """Answer this in place of a websocket."""

    token: str | None = None
    deflate: bool = False
    pause_s: float = 0.0
    sent: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    port: int = 0
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)

    def url(self, host: str = "127.0.0.1", scheme: str = "ws") -> str:
        return f"{scheme}://{host}:{self.port}/"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        factories = [ServerPerMessageDeflateFactory()] if self.deflate else []
        protocol = ServerProtocol(max_size=None, extensions=factories)
        with contextlib.suppress(
            asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError
        ):
            protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
            (request,) = protocol.events_received()
            assert isinstance(request, Request)
            await self._answer(protocol, request, writer)
        writer.close()

    def close(self) -> None:
        """Leave every client."""
        for task in self._tasks:
            task.cancel()

    async def _answer(
        self, protocol: ServerProtocol, request: Request, writer: asyncio.StreamWriter
    ) -> None:
        headers = dict(request.headers.raw_items())
        self.requests.append(headers)
        refusal = self._refusal(headers)
        if refusal is not None:
            response = protocol.reject(HTTPStatus(refusal), "no")
        else:
            response = protocol.accept(request)
        self.answered.append(response.status_code)
        protocol.send_response(response)
        await _write(protocol, writer)
        if refusal is None:
            await self._send(protocol, writer)

    def _refusal(self, headers: dict[str, str]) -> int | None:
        if self.demand_origin and "Origin" not in headers:
            return 403
        if self.token is not None and headers.get("Authorization") != f"Bearer {self.token}":
            return 401
        return self.status

    async def _send(self, protocol: ServerProtocol, writer: asyncio.StreamWriter) -> None:
        here = 0
        while self.sent < len(self.frames):
            if self.cut_every is not None and here >= self.cut_every:
                return
            frame = self.frames[self.sent]
            self.sent += 1
            here += 1
            data = frame.encode() if isinstance(frame, str) else frame
            protocol.send_frame(Frame(Opcode.TEXT, data))
            await _write(protocol, writer)
            await asyncio.sleep(self.pause_s)
        await asyncio.sleep(3600)


async def _write(protocol: ServerProtocol, writer: asyncio.StreamWriter) -> None:
    for data in protocol.data_to_send():
        writer.write(data)
    await writer.drain()


@asynccontextmanager
async def serving(server: Server, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve on a free port of loopback."""
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        server.close()
