"""One request to a provider: its URL, its credentials, whether it is allowed, and what the response means."""
