"""Use cases, without a command line: each takes a workspace and a request, and returns what a report renders."""
