#!/usr/bin/env python3
"""Prints what affectd hears, with nothing but Python's own library.

Usage: listen.py [SOCKET]

Goes on when the daemon restarts. Needs the group affect.

A message of varlink is a JSON object that ends with a NUL byte. One request, Subscribe with
"more", is answered by the state and then by every event, for as long as the connection lasts.
"""

import json
import socket
import sys
import time

SOCKET = "/run/affectd/socket"
SUBSCRIBE = {"method": "org.affectd.Subscribe", "more": True}


def subscription(path):
    """Yields the events of one connection, until the daemon ends it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(json.dumps(SUBSCRIBE).encode() + b"\0")
        rest = b""
        while received := connection.recv(65536):
            # A message may come in pieces, and several at once.
            *messages, rest = (rest + received).split(b"\0")
            for message in messages:
                answer = json.loads(message)
                if "error" in answer:
                    raise ConnectionError(f"{answer['error']} {answer['parameters']}")
                yield answer["parameters"]
    raise ConnectionError("the daemon ended the connection")


def events(path):
    """Yields events for ever; between two daemons it waits, at most 30 seconds a time."""
    wait = 0.5
    while True:
        try:
            for event in subscription(path):
                wait = 0.5
                yield event
        except OSError as error:
            print(f"{path}: {error}; again in {wait:g} s", file=sys.stderr, flush=True)
        time.sleep(wait)
        wait = min(2 * wait, 30)


def main():
    for event in events(sys.argv[1] if len(sys.argv) > 1 else SOCKET):
        # New kinds of events and members are added over time: leave aside what you do not know.
        if event["event"] == "state":
            print(f"state {event['state']['summary']}", flush=True)
        elif event["event"] in ("emotion", "utterance", "mood"):
            print(f"{event['event']} {event['label']} {event['probabilities']}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
