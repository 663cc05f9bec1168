"""What benchmarks need that is no benchmark itself: `make bench` runs every script of the folder above."""
