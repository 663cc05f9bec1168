"""What every table and column is for, how long it is kept, what the download and an erasure do with it."""
