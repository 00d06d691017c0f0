"""``python -m text2llm``: the program, where the folder of scripts is on no path."""

from text2llm.entry import run

if __name__ == "__main__":
    run()
