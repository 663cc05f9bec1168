"""The small changes of `make mutants`, and what tries them."""
