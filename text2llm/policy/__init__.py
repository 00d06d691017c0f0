"""Policies: what every model in use must meet, and what a change of them allows. Pure."""
