"""Reports of a check, a module per format."""
