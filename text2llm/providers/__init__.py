"""Facts about providers: descriptors (data only), the registry that reads them, plugins."""
