"""Registration once the phone is verified: account, address, profile, password."""
