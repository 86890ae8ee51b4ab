"""Formulas found, understood, and calculated again from what the workbook saved."""
