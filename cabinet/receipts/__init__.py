"""Photos and PDFs of receipts: checked by content, redrawn, stored outside the web root."""
