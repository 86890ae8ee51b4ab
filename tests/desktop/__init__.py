"""Installing the functions on a computer, and saying what works there."""
