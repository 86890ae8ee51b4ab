"""Hypothesis strategies: histories as a plan could have lived them."""
