"""Where the rows of a file wait for the merge, on either database."""
