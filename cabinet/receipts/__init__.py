"""Photos and PDFs of receipts: judged by their content, made harmless, kept outside of the web."""
