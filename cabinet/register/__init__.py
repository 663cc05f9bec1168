"""Registration after the phone is proved: account, address, profile, password."""
