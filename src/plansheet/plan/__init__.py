"""The plan: a module per subject, calculations first, then the rules that use them. Imports core only."""
