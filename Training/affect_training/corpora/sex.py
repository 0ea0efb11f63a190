"""The sex of speakers, where a corpus tells it."""

import csv
from pathlib import Path

from . import emo_db

DEMOGRAPHICS = Path("CREMA-D-votes") / "VideoDemographics.csv"
"""CREMA-D's own table of its actors, below the folder of the corpora."""


def sexes(name: str, speakers: set[str], corpora: Path) -> dict[str, str]:
    """`female`, `male` or `unknown` for each speaker of a corpus.

    RAVDESS counts its actresses even and its actors odd; EMO-DB lists its speakers; TESS has two
    actresses, SAVEE four actors.
    """
    if name == "RAVDESS":
        return {speaker: "male" if int(speaker) % 2 else "female" for speaker in speakers}
    if name == "EMO-DB":
        return {speaker: "female" if speaker in emo_db.WOMEN else "male" for speaker in speakers}
    if name == "CREMA-D" and (corpora / DEMOGRAPHICS).exists():
        with (corpora / DEMOGRAPHICS).open(newline="", encoding="utf-8") as file:
            known = {row["ActorID"]: row["Sex"].lower() for row in csv.DictReader(file)}
        return {speaker: known.get(speaker, "unknown") for speaker in speakers}
    everybody = {"SAVEE": "male", "TESS": "female"}.get(name, "unknown")
    return dict.fromkeys(speakers, everybody)
