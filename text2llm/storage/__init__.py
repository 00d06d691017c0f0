"""Files at the rim: where they live, how they are locked, and how they are replaced whole."""
