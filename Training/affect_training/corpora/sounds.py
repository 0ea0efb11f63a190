"""Under which licences sounds other than speech may be used, for manifests and cards."""

NOISE_LICENCES = {
    "ESC10": "CC-BY-3.0",
    "GSC": "CC-BY-4.0",
    "Nonspeech": "LicenseRef-Nonspeech-research-use",
}
SYNTHETIC_LICENCE = "Apache-2.0"
"""Of what `augmentation/rooms.py` and `speech_detection/music.py` draw: that of the code."""
SYNTHETIC_ROOMS = "synthetic rooms"


def noise_licence(name: str) -> str:
    """Of a folder of noise; those that nobody looked up say so."""
    return NOISE_LICENCES.get(name, f"LicenseRef-{name}")
