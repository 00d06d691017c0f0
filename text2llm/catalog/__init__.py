"""What is known about models: the bundled facts, the providers' listings in the cache, and the configuration's own."""
