"""The command line, a module for each group of commands. The only place that reads the clock and prints."""

from plansheet.cli.commands import main

__all__ = ["main"]
