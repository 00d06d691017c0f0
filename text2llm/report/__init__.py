"""Values to text: every format that a person or a machine reads."""
