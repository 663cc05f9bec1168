"""The files of `deploy/`, as they are, around real processes."""
