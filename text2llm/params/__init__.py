"""Request parameters: the words for them, what each API calls them, where they are set, and what is sent. Pure."""
