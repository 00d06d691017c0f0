"""The providers' own lists of models: asked through the trusted client, treated as untrusted, kept in the cache."""
