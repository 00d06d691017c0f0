"""``--env`` and ``TEXT2LLM_ENV``."""
