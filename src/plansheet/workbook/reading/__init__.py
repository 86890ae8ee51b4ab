"""A saved workbook read as Excel shows it, behind a guard; or the reason why it cannot be."""
