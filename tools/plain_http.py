"""The minimum cost of a thousand requests in asyncio: a server that responds late, and a client that parses nothing.

``plain_http.py serve SECONDS`` prints its port and answers every completion after that delay; ``plain_http.py ask PORT
COUNT WORKERS`` sends the requests and ignores the responses.
"""

from __future__ import annotations

import asyncio
import json
import sys

_PIECES = {"id": "1", "object": "chat.completion", "model": "MODEL"}
_CHOICE = {"index": 0, "message": {"role": "assistant", "content": "pong"}, "finish_reason": "stop"}
COMPLETION = json.dumps({**_PIECES, "choices": [_CHOICE]})
REQUEST = (
    b'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 15\r\n\r\n{"model": "m1"}'
)


class Server(asyncio.Protocol):
    """Respond to one request with a completion of the requested model."""

    def __init__(self, delay: float) -> None:
        self.delay, self.data = delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        if found and len(body) == int(head.lower().partition(b"content-length:")[2].split()[0]):
            asyncio.get_running_loop().call_later(self.delay, self.answer, json.loads(body)["model"])

    def answer(self, model: str) -> None:
        body = COMPLETION.replace("MODEL", model).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()


async def serve(delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Server(delay), "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def ask(port: int, count: int, workers: int) -> None:
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            assert b"pong" in await reader.read()
            writer.close()

    await asyncio.gather(*(work() for _ in range(workers)))


if __name__ == "__main__":
    mode, *values = sys.argv[1:]
    asyncio.run(serve(float(values[0])) if mode == "serve" else ask(*map(int, values)))
