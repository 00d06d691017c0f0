"""What a request needs before it is sent: a signature, or a short-lived token in exchange for a stored credential."""
