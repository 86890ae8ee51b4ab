"""Builds plansheet's own workbooks: the sample of the plan."""

from plansheet.template.build import build_sample

__all__ = ["build_sample"]
