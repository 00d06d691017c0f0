from __future__ import annotations

from tests.auth.conftest import kept_in_file

__all__ = ["kept_in_file"]
