"""Saved workbooks: told from other files, read with their formulas and values, calculated again and compared.

``guard`` needs the standard library only, so nothing is imported here.
"""
