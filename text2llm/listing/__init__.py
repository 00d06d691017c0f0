"""The providers' own lists of models: asked through the trusted client, read with suspicion, kept in the cache."""
