"""A config file as a value: the strict reader, positions, schema check, and what the keys mean."""
