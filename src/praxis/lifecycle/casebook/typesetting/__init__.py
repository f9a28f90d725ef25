"""The Casebook as a book: `book` (data), `preflight` (what would spoil it), `pdf` and `epub` (the bytes)."""
