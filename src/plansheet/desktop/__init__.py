"""The functions on this computer: putting them into Excel, and saying what works and what does not."""
