"""A loopback provider that plays every success and failure; the key selects which.

It shares no code with the rest of text2llm and replays payloads of real providers, so that it cannot repeat
a mistake in the code that it tests.
"""
