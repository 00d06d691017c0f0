"""text2llm: configuration as code for models."""

__version__ = "0.1.0"
