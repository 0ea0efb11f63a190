"""One labelled recording."""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, order=True)
class Clip:
    """A recording of one speaker with one label.

    `path` is relative to the folder of the corpus, with the original's ending; `speaker` is unique
    within the corpus. Everything derived from a clip (augmented copies, windows) keeps its
    `path` as its identity, so that siblings can be told.
    """

    path: str
    label: str
    speaker: str

    @property
    def prepared_path(self) -> str:
        """Where `prepare` puts the 16 kHz WAV, relative to the prepared folder of the corpus."""
        return str(PurePosixPath(self.path).with_suffix(".wav"))
