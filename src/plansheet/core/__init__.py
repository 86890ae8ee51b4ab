"""Numbers, dates, words, records and rules: the floor everything stands on. Standard library only."""
