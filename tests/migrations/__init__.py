"""What each migration does to data of the version before: a file per migration, named like it."""
