"""Protocols: which speakers or files are tested, validated and trained on. No PyTorch here."""

from .dealing import deal_files
from .joining import TrainingCorpus, drawing_weights, joined_clips, joined_folder, joining
from .protocol import Protocol, load_protocol, protocol_names
from .scanning import protocol_clips, protocol_folder, qualified
from .split import SIDES, Split, split_clips

__all__ = [
    "SIDES",
    "Protocol",
    "Split",
    "TrainingCorpus",
    "deal_files",
    "drawing_weights",
    "joined_clips",
    "joined_folder",
    "joining",
    "load_protocol",
    "protocol_clips",
    "protocol_folder",
    "protocol_names",
    "qualified",
    "split_clips",
]
