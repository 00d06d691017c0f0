"""What the terminal shows and is asked: prompts, login dialogue, progress, and the guard of both streams."""
