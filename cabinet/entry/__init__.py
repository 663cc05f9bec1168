"""The door of every scenario: the phone, and the code that proves it."""
