"""Changes of data to changes of text: only the lines that must change, in the style of their neighbours."""
