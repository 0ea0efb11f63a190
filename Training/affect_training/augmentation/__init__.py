"""Augmentation of the training side, after the split. NumPy only, no PyTorch.

`copies` draws changed copies of a clip (`waveform`, `stretching`, `rooms`), `masking` hides frames.
"""

from .copies import CopyRecipe, augmented_copy
from .frames import FrameChanges
from .masking import mask_frames

__all__ = ["CopyRecipe", "FrameChanges", "augmented_copy", "mask_frames"]
