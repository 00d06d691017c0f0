"""``python -m text2llm``, for when the scripts folder is not on the ``PATH``."""

from text2llm.entry import run

if __name__ == "__main__":
    run()
