"""Semantic checks beyond the schema: one small function each, over files or over the configuration as a whole."""
