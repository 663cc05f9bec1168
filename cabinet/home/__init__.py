"""The cabinet of a resident who is signed in: addresses, «Мои данные», devices, deletion."""
