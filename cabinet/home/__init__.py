"""The cabinet of a signed-in resident: addresses, «Мои данные», devices, deletion."""
