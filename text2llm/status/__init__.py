"""Resolved models, where they are set, and the credentials they use."""
