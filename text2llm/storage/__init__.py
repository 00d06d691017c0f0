"""File access: the user's directories, locks and atomic writes."""
