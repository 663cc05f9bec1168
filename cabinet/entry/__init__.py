"""The entrance to every journey: the phone, and the code that verifies it."""
