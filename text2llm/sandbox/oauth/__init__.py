"""A small OpenID provider for trying logins: it approves every client."""
