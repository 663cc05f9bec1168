"""Login by password, and recovery for those who forgot it."""
