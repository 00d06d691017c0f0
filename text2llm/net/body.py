"""Decode a body within limits: a decompression bomb stops at the cap."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from zlib import _Decompress

#: The maximum size of a body in bytes, before and after decoding.
MAX_BODY = 8 * 1024 * 1024

#: One-byte chunks would take minutes of CPU time. The largest body, read in blocks of 4 KiB, has 2048 pieces.
_MAX_PIECES = 16 * 1024
_GZIP_BITS = 31
#: Each member needs its own decoder.
_MAX_MEMBERS = 16
_ZLIB_BITS = 15
_RAW_BITS = -15


class BodyError(Exception):
    """A body is rejected; the message gives the reason and does not quote it."""


@final
class BodyReader:
    """Collects and decodes the chunks of one body of at most ``most`` bytes, before and after decoding.

    Raises:
        BodyError: from each method, when the body is too large, damaged, or encoded in a way that is not accepted.
    """

    __slots__ = ("_decoder", "_is_gzip", "_members", "_most", "_parts", "_pieces", "_raw_size", "_room", "_undecided")

    def __init__(self, content_encoding: str, most: int = MAX_BODY) -> None:
        self._parts: list[bytes] = []
        self._room = self._most = most
        self._raw_size = 0
        self._pieces = 0
        self._members = 1
        self._decoder, self._undecided = _choose_decoder(content_encoding)
        self._is_gzip = self._decoder is not None and not self._undecided

    def feed(self, chunk: bytes) -> None:
        self._raw_size += len(chunk)
        self._pieces += 1
        if self._pieces > _MAX_PIECES:
            raise BodyError("the body has too many pieces")
        if self._raw_size > self._most:
            raise self._too_large()
        self._keep(chunk if self._decoder is None else self._decode(chunk, self._decoder))

    def finish(self) -> bytes:
        if self._decoder is not None and self._raw_size and not self._decoder.eof:
            raise BodyError("the compressed body is truncated")
        return b"".join(self._parts)

    def _decode(self, chunk: bytes, decoder: _Decompress) -> bytes:
        import zlib

        try:
            data = decoder.decompress(chunk, self._room + 1)
        except zlib.error:
            if not self._undecided:
                raise BodyError("the compressed body is damaged") from None
            # "deflate" means zlib's format, but some servers send the bare stream.
            self._undecided = False
            self._decoder = zlib.decompressobj(_RAW_BITS)
            return self._decode(chunk, self._decoder)
        self._undecided = False
        return data + self._decode_member(decoder.unused_data) if decoder.unused_data else data

    def _decode_member(self, rest: bytes) -> bytes:
        """Decode the data after a compressed stream: in gzip, another one (RFC 1952, 2.2)."""
        import zlib

        self._members += 1
        if not self._is_gzip or self._members > _MAX_MEMBERS:
            raise BodyError("data follows the compressed body")
        self._decoder = zlib.decompressobj(_GZIP_BITS)
        return self._decode(rest, self._decoder)

    def _keep(self, data: bytes) -> None:
        self._room -= len(data)
        if self._room < 0:
            raise self._too_large()
        self._parts.append(data)

    def _too_large(self) -> BodyError:
        return BodyError(f"the body is larger than {self._most // 1024} KiB")


def _choose_decoder(content_encoding: str) -> tuple[_Decompress | None, bool]:
    """The decoder of a ``Content-Encoding``, and whether the first bytes may have another format."""
    encoding = content_encoding.strip().lower()
    if encoding in {"", "identity"}:
        return None, False
    import zlib

    if encoding in {"gzip", "x-gzip"}:
        return zlib.decompressobj(_GZIP_BITS), False
    if encoding == "deflate":
        return zlib.decompressobj(_ZLIB_BITS), True
    raise BodyError("the body has an encoding that was not requested")
