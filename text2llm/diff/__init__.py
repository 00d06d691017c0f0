"""What a change of the configuration means."""
