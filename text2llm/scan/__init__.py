"""The search for free models to use as fallbacks: filtered, probed, ranked, proposed."""
