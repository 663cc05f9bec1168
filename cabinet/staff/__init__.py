"""The pages of the staff, under `/staff`: own sign-in, never framed."""
