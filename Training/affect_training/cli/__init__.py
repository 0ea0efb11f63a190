"""The command line: `python -m affect_training` and the console script `affect_training`."""

from .main import main

__all__ = ["main"]
