"""An OpenID provider on loopback whose refresh tokens rotate: one that comes twice revokes the login."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Rotation:
    """``spent`` has each token that came, in order and with its time; a ``lenient`` one forgives what came twice."""

    issuer: str = ""
    lenient: bool = False
    life: int = 3600
    spent: list[tuple[str, float]] = field(default_factory=list)
    revoked: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def renew(self, token: str) -> tuple[int, dict[str, object]]:
        with self.lock:
            again = token in (each for each, _ in self.spent)
            self.spent.append((token, time.monotonic()))
            self.revoked |= again and not self.lenient
            number = len(self.spent) + 1
        time.sleep(0.05)
        if self.revoked:
            return 400, {"error": "invalid_grant"}
        renewed = {"access_token": f"at-{number}", "refresh_token": f"rt-{number}", "expires_in": self.life}
        return 200, {"token_type": "Bearer", **renewed}


@contextmanager
def rotating(*, lenient: bool = False, life: int = 3600) -> Iterator[Rotation]:
    """Run one; its first refresh token is ``rt-1``."""
    rotation = Rotation(lenient=lenient, life=life)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ends = {f"{name}_endpoint": f"{rotation.issuer}/{name}" for name in ("authorization", "token")}
            self.answer(200, {"issuer": rotation.issuer, **ends})

        def do_POST(self) -> None:
            fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(*rotation.renew(fields["refresh_token"][0]))

        def answer(self, status: int, document: object) -> None:
            body = json.dumps(document).encode()
            with suppress(ConnectionError):  # the client was killed
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        rotation.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield rotation
        finally:
            server.shutdown()
