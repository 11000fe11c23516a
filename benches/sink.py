#!/usr/bin/env python3
"""How fast a server answers: every request is sent up front, and nothing is made of the answers.

    sink.py ws://127.0.0.1:PORT/ws SNAPSHOT.wazex [--what state|hash] [--copies N] [--repeat N] [--secret S]

SNAPSHOT names what to ask for: its states or its blobs, N times over. The first pass walks the websocket
frames, to learn how many bytes all answers have; the timed passes only count bytes, so that Python is not
what is measured. Prints one JSON line: the median of the passes.
"""

import argparse
import json
import socket
import statistics
import struct
import threading
import time
import zipfile
from urllib.parse import urlparse

HEADER = struct.Struct("<III")


def pack(value):
    """The msgpack of strings, small numbers, lists and dictionaries."""
    if isinstance(value, str):
        text = value.encode()
        return (bytes([0xA0 | len(text)]) if len(text) < 32 else struct.pack("!BB", 0xD9, len(text))) + text
    if isinstance(value, int):
        return bytes([value]) if value < 128 else struct.pack("!BI", 0xCE, value)
    if isinstance(value, dict):
        return bytes([0x80 | len(value)]) + b"".join(pack(k) + pack(v) for k, v in value.items())
    return bytes([0x90 | len(value)]) + b"".join(map(pack, value))


def request(number, method, args, identifier=None):
    identifier = identifier or f"rpc:c:{number}"
    body = pack({"wslink": "1.0", "id": identifier, "method": method, "args": args, "kwargs": {}})
    payload = HEADER.pack(number, 0, len(body)) + body
    head = bytes([0x82, 0x80 | len(payload)]) if len(payload) < 126 else struct.pack("!BBH", 0x82, 0xFE, len(payload))
    return head + bytes(4) + payload  # a mask of zeros: nothing to do for either end


class Frames:
    """Counts wslink messages in a stream of websocket frames."""

    def __init__(self):
        self.messages = 0
        self.rest = b""
        self.skip = 0

    def feed(self, data):
        data = self.rest + data
        at, end = self.skip, len(data)
        while at + 2 <= end:
            short = data[at + 1] & 0x7F
            head = {126: 4, 127: 10}.get(short, 2)
            if at + head + HEADER.size > end:
                break
            size = int.from_bytes(data[at + 2 : at + head], "big") if head > 2 else short
            if data[at] & 0x0F == 2:
                _, offset, total = HEADER.unpack_from(data, at + head)
                self.messages += offset + size - HEADER.size >= total
            at += head + size
        self.rest, self.skip = data[at:], max(0, at - end)


def connect(url, secret):
    where = urlparse(url)
    peer = socket.create_connection((where.hostname, where.port))
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.sendall(
        f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head:
        head += peer.recv(1 << 16)
    peer.sendall(request(0, "wslink.hello", [{"secret": secret}], "system:c0:0"))
    frames = Frames()
    frames.feed(head.split(b"\r\n\r\n", 1)[1])
    while not frames.messages:
        frames.feed(peer.recv(1 << 16))
    return peer


def run(peer, requests, expected):
    """Sends all and reads until all is there; gives the seconds, and how many bytes it was."""
    scratch = memoryview(bytearray(4 << 20))
    frames, received = Frames(), 0
    sender = threading.Thread(target=peer.sendall, args=(b"".join(requests),))
    start = time.perf_counter()
    sender.start()
    while (received < expected) if expected else (frames.messages < len(requests)):
        size = peer.recv_into(scratch)
        if not size:
            raise SystemExit("the server closed the connection")
        received += size
        if not expected:
            frames.feed(bytes(scratch[:size]))
    seconds = time.perf_counter() - start
    sender.join()
    return seconds, received


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("snapshot")
    parser.add_argument("--what", choices=("state", "hash"), default="state")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--secret", default="wslink-secret")
    options = parser.parse_args()
    folder = {"state": "states/", "hash": "blobs/"}[options.what]
    with zipfile.ZipFile(options.snapshot) as snapshot:
        names = [n.removeprefix(folder) for n in snapshot.namelist() if n.startswith(folder) and n != folder]
    names = [int(name) if options.what == "state" else name for name in names] * options.copies
    requests = [request(k, f"vtklocal.get.{options.what}", [name]) for k, name in enumerate(names)]
    peer = connect(options.url, options.secret)
    _, size = run(peer, requests, None)
    seconds = statistics.median(run(peer, requests, size)[0] for _ in range(options.repeat))
    result = {"what": options.what, "requests": len(requests), "bytes": size, "seconds": round(seconds, 4)}
    result |= {"per_second": round(len(requests) / seconds), "bytes_per_second": round(size / seconds)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
