"""What is known about providers: descriptors (data only), the registry that reads them, key formats."""
