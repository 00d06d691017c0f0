"""What resolves to what, from where, and which credential pays for it."""
