"""What benchmarks need that is no benchmark itself: each script of the folder above is one."""
