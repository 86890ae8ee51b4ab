"""plansheet: a stock option plan's own arithmetic as worksheet functions, exact and explained."""

__version__ = "0.1.0"
