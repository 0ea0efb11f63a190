"""A hundred clients, twenty of which ask a lot and never read; the others count what they hear.

Prints how many of the readers heard every event for the seconds given, and how many others were dropped.
"""

import json
import selectors
import socket
import sys
import time

SECONDS = float(sys.argv[1])
READERS, SILENT = 80, 20


def connect():
    client = socket.socket(socket.AF_UNIX)
    client.connect("/run/affectd/socket")
    client.setblocking(False)
    return client


selector = selectors.DefaultSelector()
heard = {}
for _ in range(READERS):
    client = connect()
    client.send(b'{"method": "org.affectd.Subscribe", "more": true}\n')
    heard[client] = b""
    selector.register(client, selectors.EVENT_READ)
silent = [connect() for _ in range(SILENT)]
request = b'{"method": "org.affectd.GetConfiguration"}\n' * 100
dropped = 0
end = time.monotonic() + SECONDS
for client in silent:
    try:
        client.send(request)
    except OSError:
        pass
while time.monotonic() < end:
    for key, _ in selector.select(0.2):
        heard[key.fileobj] += key.fileobj.recv(1 << 16)
    # Asking on shows who is dropped: sending fails.
    for client in list(silent):
        try:
            client.send(request)
        except BlockingIOError:
            pass
        except OSError:
            silent.remove(client)
            dropped += 1

whole = 0
for data in heard.values():
    numbers = [json.loads(line)["parameters"]["sequence"] for line in data.splitlines()]
    whole += len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
print(f"{whole} readers heard everything, {dropped} that never read were dropped")
