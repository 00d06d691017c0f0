"""Pictures in a request: whether what a client sent as one can be one."""

from __future__ import annotations

import binascii

#: How PNG, JPEG, GIF and WebP (RIFF) files begin: the four that OpenAI, Anthropic and Google document.
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def is_picture(text: str) -> bool:
    """Whether base64 text is the beginning of a picture."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return False
    return data.startswith(_BEGINNINGS)


def unwrap_url(url: object) -> str:
    """The base64 text of a ``data:`` URL; an empty one where it is none.

    The sandbox fetches no URL: one that leads to the web counts as no picture.
    """
    head, _, text = url.partition(";base64,") if isinstance(url, str) else ("", "", "")
    return text if head.startswith("data:image/") else ""
