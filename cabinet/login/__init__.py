"""Login by password, and the way back for those who forgot it."""
