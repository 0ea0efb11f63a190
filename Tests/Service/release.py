"""Writes a model again as another release of itself; its answers stay the same.

Usage: release.py IN OUT RELEASE
"""

import json
import struct
import sys

source, target, release = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(source, "rb") as file:
    data = file.read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + length])
manifest = json.loads(header["__metadata__"]["affect"])
manifest["release"] = release
header["__metadata__"]["affect"] = json.dumps(manifest, separators=(",", ":"))
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-(8 + len(text)) % 64)
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data[8 + length :])
