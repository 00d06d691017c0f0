"""What a change of the configuration means, and why a value is what it is."""
