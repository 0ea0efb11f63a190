#!/usr/bin/env python3
"""A node of a robot: answers the voice it hears, and does not listen to itself.

Usage: robot.py [--socket SOCKET] [--say COMMAND]
       robot.py --say espeak-ng

The node has a loop of its own, here ten rounds a second, and asks the ear in each of them. Nothing
in it waits for the daemon, so that motors and sensors go on while affectd is away. Before it speaks
it calls Hold: the daemon then ignores what the microphone hears of the robot. That needs the group
affect-admin; a robot that may not hold stays silent, because it would answer itself for ever.
"""

import argparse
import json
import shlex
import socket
import subprocess
import sys
import time

ANSWERS = {
    "happy": "That sounds good.",
    "sad": "I am here.",
    "angry": "I will go slowly.",
    "fearful": "I will stop.",
}
SPEAKING_SECONDS = 3
RETRY_SECONDS = 2


class Ear:
    """The events of affectd, without ever waiting for them."""

    def __init__(self, path):
        self.path = path
        self.connection = None
        self.rest = b""
        self.next_try = 0.0

    def events(self):
        """What came since the last call; nothing while there is no daemon."""
        try:
            if self.connection is None:
                if time.monotonic() < self.next_try:
                    return []
                self.connect()
            received = self.connection.recv(65536)
        except BlockingIOError:
            return []
        except OSError as error:
            self.disconnect(error)
            return []
        if not received:
            self.disconnect("the daemon ended the connection")
            return []
        *messages, self.rest = (self.rest + received).split(b"\0")
        answers = [json.loads(message) for message in messages]
        return [answer["parameters"] for answer in answers if "error" not in answer]

    def connect(self):
        self.rest = b""
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(1)
        self.connection.connect(self.path)
        self.connection.sendall(b'{"method": "org.affectd.Subscribe", "more": true}\0')
        self.connection.setblocking(False)

    def disconnect(self, reason):
        self.connection.close()
        self.connection = None
        self.next_try = time.monotonic() + RETRY_SECONDS
        print(f"ear: {reason}", file=sys.stderr, flush=True)

    def hold(self, seconds):
        """Ignores what is heard for so long; whether the daemon agreed."""
        request = {"method": "org.affectd.Hold", "parameters": {"seconds": seconds}}
        try:
            # A connection of its own: one that has subscribed takes no more requests.
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(self.path)
                connection.sendall(json.dumps(request).encode() + b"\0")
                answer = b""
                while not answer.endswith(b"\0"):
                    received = connection.recv(65536)
                    if not received:
                        raise ConnectionError("the daemon ended the connection")
                    answer += received
            reply = json.loads(answer[:-1])
        except OSError as error:
            reply = {"error": str(error)}
        if "error" in reply:
            print(f"hold: {reply['error']}", file=sys.stderr, flush=True)
        return "error" not in reply


def answer(ear, event, say):
    """Says something that fits the voice."""
    text = ANSWERS.get(event["label"], "I hear you.")
    if ear.hold(SPEAKING_SECONDS):
        print(f"heard {event['label']}, say: {text}", flush=True)
        subprocess.Popen([*say, text])


def main():
    parser = argparse.ArgumentParser(description="A robot that answers voices.")
    parser.add_argument("--socket", default="/run/affectd/socket")
    parser.add_argument("--say", type=shlex.split, default=["echo"], help="program that speaks")
    options = parser.parse_args()
    ear = Ear(options.socket)
    while True:
        for event in ear.events():
            # What is continued is no whole utterance: let people finish.
            if event["event"] == "utterance" and not event["continued"]:
                answer(ear, event, options.say)
        # Here the other work of the node: drive, look, keep balance.
        time.sleep(0.1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
