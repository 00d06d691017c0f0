"""Edits as values: a change of meaning, the smallest change of text that makes it, and the plan that shows both."""
