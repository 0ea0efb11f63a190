"""The systems of the literature, rebuilt from their descriptions for comparison.

They train and are scored as any other network of the table of jobs, on features of the device's
front end. Their layers are not in the graph of the model file: nothing here is exported. A module
takes normalised frames [batch, time, channels] of any length and gives logits [batch, labels].
Where a description is silent, each file says what was chosen.
"""

from collections.abc import Callable

from torch import nn

from .system_a_cnn import SystemACNN
from .system_a_lstm import SystemALSTM
from .system_b import SystemB
from .system_c import SystemC

PUBLISHED: dict[str, Callable[..., nn.Module]] = {
    "system-a-cnn": SystemACNN,
    "system-a-lstm": SystemALSTM,
    "system-b": SystemB,
    "system-c": SystemC,
}

__all__ = ["PUBLISHED"]
