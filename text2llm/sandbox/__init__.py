"""A loopback provider that plays every success and failure; the key names which.

It imports nothing of the rest of text2llm and replays payloads of real providers, so that it cannot agree
with a mistake of the code that it tests.
"""
