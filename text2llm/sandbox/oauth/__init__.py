"""A small OpenID provider: what a login can be rehearsed with. It approves of everybody."""
