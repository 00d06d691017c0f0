"""Leaks: credentials that stand in texts, found by their form or their place, and hidden."""
