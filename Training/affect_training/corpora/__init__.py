"""Corpora: where their clips are, what their names say, and how they become 16 kHz WAV."""

from .clip import Clip
from .registry import CORPORA, Corpus, corpus, register

__all__ = ["CORPORA", "Clip", "Corpus", "corpus", "register"]
