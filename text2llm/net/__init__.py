"""Bytes to the network and back: the one client, its limits, and the one function that sends."""
