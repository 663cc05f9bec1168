"""The demonstration: a company's page with the cabinet in it, receipts to try, the inbox of what was sent."""
