"""The command line: one file a group, each body a few lines over the capabilities below it."""
