"""How much of a plan is used up: snapshots of the providers' own usage endpoints, and rate-limit headers."""
