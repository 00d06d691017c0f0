"""The search for free models that are worth falling back to: filtered, probed, ranked, proposed."""
