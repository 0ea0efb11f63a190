#!/usr/bin/env python3
"""Asks affectd once and prints what Home Assistant reads, as one JSON object.

Usage: home_assistant.py [SOCKET]; home-assistant.yaml beside it says how to call it.

Ends with 1, and says why on standard error, when the daemon does not answer: Home Assistant
writes that to its log and shows the sensor as unknown until the next time.
"""

import datetime
import json
import socket
import sys

SOCKET = "/run/affectd/socket"


def ask(path, method):
    """One call and its answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(path)
        connection.sendall(json.dumps({"method": method}).encode() + b"\0")
        answer = b""
        while not answer.endswith(b"\0"):
            received = connection.recv(65536)
            if not received:
                raise ConnectionError("the daemon ended the connection")
            answer += received
    message = json.loads(answer[:-1])
    if "error" in message:
        raise ConnectionError(message["error"])
    return message["parameters"]


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else SOCKET
    try:
        answer = ask(path, "org.affectd.GetState")
    except OSError as error:
        sys.exit(f"{path}: {error}")
    # Nothing has been heard since the start or the last mute: both are absent.
    utterance, mood = answer.get("utterance"), answer.get("mood")
    sensor = {
        "mood": mood["label"] if mood else "none",
        "summary": answer["state"]["summary"],
        "emotion": None,
        "confidence": None,
        "heard_at": None,
    }
    if utterance:
        heard = datetime.datetime.fromtimestamp(
            utterance["wallClockMicroseconds"] // 1_000_000, datetime.timezone.utc
        )
        sensor["emotion"] = utterance["label"]
        sensor["confidence"] = utterance["confidencePermille"] / 10
        sensor["heard_at"] = heard.isoformat()
    print(json.dumps(sensor))


if __name__ == "__main__":
    main()
