"""The staff's pages, under `/staff`: separate sign-in, never framed."""
