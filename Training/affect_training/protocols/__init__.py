"""Protocols: which speakers are tested, validated and trained on. No PyTorch here."""

from .protocol import Protocol, load_protocol, protocol_names
from .split import SIDES, Split, split_clips

__all__ = ["SIDES", "Protocol", "Split", "load_protocol", "protocol_names", "split_clips"]
