"""The files of a commit, as git has them."""
