"""Photos and PDFs of receipts: checked by their content, redrawn, kept where no web address leads."""
