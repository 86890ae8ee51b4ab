"""Slow and obvious second answers, written from the plan, the regulation and the contract alone."""
