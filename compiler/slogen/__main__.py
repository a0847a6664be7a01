"""Allows `python -m slogen`."""

from slogen.cli import main

if __name__ == "__main__":
    main()
