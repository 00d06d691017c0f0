"""One function sends bytes. No other module can, and reads of secrets are listed here.

A module that is missing below is not forbidden by taste: say here why it needs what it imports.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "text2llm"
SOURCES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}

#: Modules that can send bytes, or import another module under a different name.
WAYS_OUT = {"httpx", "httpcore", "h11", "anyio", "socket", "_socket", "ssl", "http", "urllib", "socketserver"}
WAYS_OUT |= {"ftplib", "imaplib", "nntplib", "poplib", "smtplib", "telnetlib", "xmlrpc", "webbrowser", "requests"}
WAYS_OUT |= {"aiohttp", "urllib3", "websockets", "ctypes", "pty", "subprocess", "importlib", "runpy"}
#: They parse and quote text, find modules, and read files of packages.
HARMLESS = frozenset({"urllib.parse", "importlib.util", "importlib.resources"})
ALLOWED = {
    "httpx": {"net/transport.py": "its transports, requests and answers"},
    "httpcore": {"net/transport.py": "httpx's engine, over connections of our own"},
    "ssl": {
        "net/client.py": "verified contexts",
        "net/explain.py": "its errors",
        "net/stream.py": "TLS over a connection",
        "net/transport.py": "a type",
        "probe/runner.py": "a type",
    },
    "socket": {
        "login/callback.py": "listens for the browser on loopback",
        "net/explain.py": "the errors of name look-ups",
        "net/loop.py": "look-ups in threads that nobody waits for",
        "sandbox/delivery.py": "answers of the loopback provider",
        "sandbox/server.py": "listens on loopback",
    },
    "subprocess": {
        "child.py": "starts git, secret sources, what identity files name, and the browser of a login",
    },
    "http": {"sandbox/delivery.py": "the names of statuses"},
    "importlib": {
        "cli/lazy.py": "the program's own commands, by their table",
        "report/formats.py": "what makes the report's own formats, by their table",
    },
    "importlib.metadata": {
        "cli/source.py": "where the program itself was installed from",
        "providers/plugins.py": "the plugins that the user has enabled, out of the installed ones",
    },
}
#: asyncio itself runs everything; these open connections with it.
STREAMS = frozenset({"create_connection", "create_datagram_endpoint", "open_connection", "open_unix_connection"})
STREAMS |= {"create_server", "start_server", "sock_connect", "sock_sendall", "create_subprocess_exec"}

REVEALS = {
    "secret.py": "its own",
    "net/client.py": "writes credentials into the request that was decided upon",
    "net/message.py": "writes bodies for the client, and looks whether a header can carry a value",
    "net/transport.py": "logs in at the user's proxy",
    "redaction/echoes.py": "knows what to take out of answers",
    "trust/public.py": "tells public sandbox values",
    "auth/profiles.py": "writes what a person stored into the store",
    "auth/pasted.py": "checks the form of what was pasted, before it is used",
    "auth/secret_refs.py": "writes a secret into the system keyring",
    "login/browser_flow.py": "reads the code out of what a person pasted",
    "login/guarded.py": "looks whether what a plugin gave can be sent",
    "login/tokens.py": "reads a token endpoint's answer, and the claims of a token",
    "upstream/exchange/choose.py": "looks whether a token can be sent as it is",
    "upstream/exchange/google.py": "reads a token endpoint's answer",
    "upstream/exchange/token.py": "reads a token endpoint's answer",
    "upstream/wire/__init__.py": "tells a setup token from a key, by its marker",
}


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in {"urllib", "http", "importlib"}:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def attributes_of(tree: ast.AST) -> Iterator[str]:
    return (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def calls_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@pytest.mark.parametrize("path", SOURCES)
def test_module_imports_no_way_out_without_a_reason(path: str) -> None:
    ways = {name for name in imports_of(SOURCES[path]) if name.partition(".")[0] in WAYS_OUT} - HARMLESS
    assert [name for name in sorted(ways) if not may_import(path, name)] == []


def may_import(path: str, name: str) -> bool:
    return path in ALLOWED.get(name, {}) or path in ALLOWED.get(name.partition(".")[0], {})


@pytest.mark.parametrize("path", SOURCES)
def test_module_opens_no_stream_and_imports_nothing_by_name(path: str) -> None:
    assert STREAMS.isdisjoint(attributes_of(SOURCES[path])) or path in {*ALLOWED["socket"], "net/stream.py"}
    assert {"__import__", "eval", "exec"}.isdisjoint(calls_of(SOURCES[path]))


@pytest.mark.parametrize("path", SOURCES)
def test_module_reads_no_secret_without_a_reason(path: str) -> None:
    assert "reveal" not in attributes_of(SOURCES[path]) or path in REVEALS
    assert "_value" not in attributes_of(SOURCES[path]) or path == "secret.py"


def test_no_reason_is_stale() -> None:
    for name, reasons in ALLOWED.items():
        for path in reasons:
            assert any(each == name or each.startswith(f"{name}.") for each in imports_of(SOURCES[path])), path
    assert [path for path in REVEALS if "reveal" not in attributes_of(SOURCES[path]) and path != "secret.py"] == []


def test_connections_are_opened_in_one_place() -> None:
    opening = {"create_connection", "start_tls", "wrap_bio", "wrap_socket"}
    assert [path for path, tree in SOURCES.items() if not opening.isdisjoint(attributes_of(tree))] == ["net/stream.py"]


def test_httpx_has_one_importer() -> None:
    assert [path for path, tree in SOURCES.items() if "httpx" in imports_of(tree)] == ["net/transport.py"]


@pytest.mark.parametrize("source", ["import socket", "from urllib.request import urlopen", "from http import client"])
def test_what_the_scan_looks_for_is_found(source: str) -> None:
    (name,) = imports_of(ast.parse(source))
    assert name.partition(".")[0] in WAYS_OUT
    assert name not in HARMLESS
    assert not may_import("cli/status.py", name)
