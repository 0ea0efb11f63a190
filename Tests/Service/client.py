"""Reads the state of the daemon with nothing but Python's own library."""

import json
import socket

with socket.socket(socket.AF_UNIX) as client:
    client.connect("/run/affectd/socket")
    client.sendall(b'{"method": "org.affectd.GetState"}\0')
    answer = b""
    while not answer.endswith(b"\0"):
        answer += client.recv(4096)
print(json.loads(answer[:-1])["parameters"]["state"]["capture"])
