"""Ledgers found in sheets of any layout, or by a mapping, and read as records."""
