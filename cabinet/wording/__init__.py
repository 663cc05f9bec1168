"""How things are worded and shown: typography, formats, brand, legal texts, catalogues."""
