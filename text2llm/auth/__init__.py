"""Credentials: the store, the order in which they are tried, their health, and which one is really used."""
