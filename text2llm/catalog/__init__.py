"""Facts about models: the bundle, the providers' cached listings, and the configuration."""
