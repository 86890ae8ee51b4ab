"""Ledgers as DataFrames: what goes in, what comes out, and that it is what the worksheet functions give."""
