"""The one way that a file is changed, and below it what patches each format."""
