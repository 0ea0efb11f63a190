"""System B."""

from collections.abc import Sequence

from torch import Tensor, nn


class SystemB(nn.Module):
    """A 1-D CNN over zero-crossing rate, RMS and MFCC.

    Described as: convolution, batch normalisation, max pooling, dense, softmax. Chosen here: the
    convolutions run over time with the features as channels, 5 frames wide; the mean over time,
    which makes the answer independent of the length; one hidden dense layer.
    """

    def __init__(
        self,
        channel_count: int,
        label_count: int,
        dropout: float,
        widths: Sequence[int] = (128, 128, 256, 256),
        hidden: int = 128,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        previous = channel_count
        for width in widths:
            layers += [
                nn.Conv1d(previous, width, 5, padding=2, bias=False),
                nn.BatchNorm1d(width),
                nn.MaxPool1d(2),
                nn.ReLU(),
            ]
            previous = width
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(previous, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, label_count),
        )

    def forward(self, frames: Tensor) -> Tensor:
        """Logits [batch, labels] of normalised frames [batch, time, channels]."""
        logits: Tensor = self.dense(self.convolutions(frames.transpose(1, 2)).mean(2))
        return logits.float()
