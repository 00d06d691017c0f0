"""The providers' model listings: fetched by the trusted client, treated as untrusted, cached."""
