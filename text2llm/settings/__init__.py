"""The user's own settings: grants, clients of logins, company gateways, plugins, network. Never from a repository."""
