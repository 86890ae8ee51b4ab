"""python -m plansheet: the command, where its own name is not found."""

from plansheet.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
