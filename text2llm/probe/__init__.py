"""Probes: one small real request with one credential to one model, and what its answer proves."""
