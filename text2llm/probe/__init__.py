"""Probes: one small real request with one credential to one model, and its verdict."""
