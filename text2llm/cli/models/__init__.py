"""The commands of ``text2llm models``."""
