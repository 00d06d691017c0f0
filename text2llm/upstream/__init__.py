"""One provider, one request: where it goes, with what, whether it may, and what its answer means."""
