"""Logins: the flows that obtain a credential, each written once and fed by descriptors, and the refresh of tokens."""
