#!/usr/bin/env python3
"""Measures scenectl beside a real viser server, and its own replay of viser scenes.

    viser.py --python VENV/bin/python --scenectl PATH [--scene points:1000000 …] [--rounds 7] [--crowd 20] [--only WHAT]

VENV has what tests/peers/viser/requirements.txt lists. Three parts, `--only` takes one of them:

`real`    from the open websocket to ReplayDone at the real server, in turns: a reader that only looks for the end and throws
          everything away, one that keeps it and does nothing else, `scenectl pull`, and the plain client in Python.
`replay`  `scenectl pull` from `scenectl replay` of what was pulled, with the peak memory of both.
`crowd`   many pulls at one time from one replay of 1e6 points, with its peak memory.
"""

import argparse
import base64
import json
import mmap
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))
from compare import MIB, Run  # noqa: E402

PEERS = Path(__file__).resolve().parent.parent / "tests/peers/viser"
POINTS, MANY_POINTS, NODES = ("points", 1_000_000), ("points", 10_000_000), ("nodes", 10_000)
# What a pull from our replay may take, in seconds.
BARS = {MANY_POINTS: 0.15, NODES: 0.05}


# -- the reader that throws away -----------------------------------------------------------------------------------


class Reader:
    """A websocket's frames: their beginnings are looked at, the rest only received, into fresh memory if it is to be kept."""

    KEPT = 64 * 1024

    def __init__(self, url, version, keep):
        self.keep, self.kept = keep, []
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.room = memoryview(bytearray(MIB))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Protocol: viser-v{version}\r\n\r\n".encode()
        )
        self.have = b""
        while b"\r\n\r\n" not in self.have:
            self.have += self.more()
        head, self.have = self.have.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise SystemExit(f"no websocket: {head[:100]!r}")

    def more(self):
        count = self.socket.recv_into(self.room)
        if count == 0:
            raise SystemExit("the server has closed the connection")
        return bytes(self.room[:count])

    def take(self, count):
        while len(self.have) < count:
            self.have += self.more()
        taken, self.have = self.have[:count], self.have[count:]
        return taken

    def frame(self):
        """The kind of the next frame, how long its payload is, and how that begins."""
        first, second = self.take(2)
        length = second & 0x7F
        if length > 125:
            size = 2 if length == 126 else 8
            length = int.from_bytes(self.take(size), "big")
        begin = self.take(min(length, self.KEPT))
        left = length - len(begin)
        at_hand = min(left, len(self.have))
        self.have, left = self.have[at_hand:], left - at_hand
        fresh = memoryview(mmap.mmap(-1, left)) if self.keep and left else None
        self.kept.append(fresh)
        while left:
            room = self.room if fresh is None else fresh[-left:]
            count = self.socket.recv_into(room, min(left, len(self.room)))
            if count == 0:
                raise SystemExit("the server has closed the connection")
            left -= count
        return first & 0x0F, length, begin


def read_raw(url, version, keep):
    import zstandard

    decompress = zstandard.ZstdDecompressor().decompress
    reader = Reader(url, version, keep)
    start, total, frames = time.perf_counter(), 0, 0
    done = False
    while not done:
        kind, length, begin = reader.frame()
        if kind == 8:
            raise SystemExit(f"closed: {begin!r}")
        if kind != 2:
            continue
        total, frames = total + length, frames + 1
        size, packed = struct.unpack_from("<QQ", begin)
        # The messages of the last frame are few; arrays follow them, and are not compressed.
        if 16 + packed <= len(begin):
            done = b"ReplayDoneMessage" in decompress(begin[16 : 16 + packed], max_output_size=size)
    print(json.dumps({"seconds": time.perf_counter() - start, "bytes": total, "frames": frames}), flush=True)
    # Giving the memory back is not measured.
    os._exit(0)


# -- the parts -----------------------------------------------------------------------------------------------------


class Server:
    """A server that prints a JSON line with its URL when it is ready."""

    def __init__(self, command):
        words = [str(word) for word in command]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self):
        self.ready = json.loads(self.process.stdout.readline())
        self.url = self.ready["url"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def peak(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


def real_server(options, scene):
    name, size = scene
    return Server([options.python, PEERS / "server.py", "--lifetime", 900, "--scene", name, "--size", size])


def pull(options, url):
    return [options.scenectl, "pull", url, "--json"]


def hydration(run):
    """From the open websocket until all of it is a scene, as scenectl says, in seconds."""
    ms = json.loads(run.text)["ms"]
    return (ms["status"] + ms["states"] + ms["blobs"]) / 1000


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def verdict(value, bar):
    return f"{'met' if value <= bar else 'MISSED'}"


def title(text, *columns):
    print(f"\n### {text}\n")
    row(*columns)
    print("|" + "---|" * len(columns))


def real(options, scene):
    with real_server(options, scene) as server:
        ways = {
            "raw reader": ([options.python, __file__, "--raw-reader", server.url, "--version", server.ready["viser"]],
                           lambda run: json.loads(run.text)["seconds"]),
            "keeping reader": ([options.python, __file__, "--raw-reader", server.url, "--keep", "--version",
                                server.ready["viser"]], lambda run: json.loads(run.text)["seconds"]),
            "scenectl pull": (pull(options, server.url), hydration),
            "reference_client.py": ([options.python, PEERS / "reference_client.py", server.url],
                                    lambda run: json.loads(run.text)["hydrate"]["s"]),
        }
        if not options.scenectl:
            del ways["scenectl pull"]
        own, wall, peak = ({way: [] for way in ways} for _ in range(3))
        for turn in range(options.rounds + 1):
            for way, (command, count) in ways.items():
                run = Run(command)
                if turn:
                    own[way].append(count(run))
                    wall[way].append(run.wall)
                    peak[way].append(run.peak)
            print(f"  round {turn} of {options.rounds}", file=sys.stderr)
    title(f"{scene[0]}:{scene[1]}, the real server", "what", "hydration s", "least", "process s", "peak MiB")
    middle = {way: statistics.median(times) for way, times in own.items()}
    for way in ways:
        row(way, f"{middle[way]:.4f}", f"{min(own[way]):.4f}", f"{statistics.median(wall[way]):.3f}",
            f"{statistics.median(peak[way]) / MIB:.0f}")
    if options.scenectl:
        bar, ours = 1.1 * middle["raw reader"] + 0.015, middle["scenectl pull"]
        print(f"\npull {ours:.4f} s, bar 1.1 × raw + 15 ms = {bar:.4f} s: {verdict(ours, bar)}")


def snapshot_of(options, scene, folder):
    path = Path(folder) / f"{scene[0]}.wazex"
    with real_server(options, scene) as server:
        Run([options.scenectl, "pull", server.url, "-q", "-o", path])
    return path


def replay(options, scene):
    with tempfile.TemporaryDirectory() as folder:
        path = snapshot_of(options, scene, folder)
        with Server([options.scenectl, "replay", path]) as server:
            runs = [Run(pull(options, server.url)) for _ in range(options.rounds + 1)][1:]
            peak = server.peak()
    payload = json.loads(runs[0].text)["blob_bytes"] + json.loads(runs[0].text)["state_bytes"]
    own, wall = ([count(run) for run in runs] for count in (hydration, lambda run: run.wall))
    memory = max(run.peak for run in runs)
    title(f"{scene[0]}:{scene[1]}, our replay to our pull ({payload / 1e6:.1f} MB)", "what", "is", "bar", "")
    # A bar is held by the hydration; the process is from before its start to after its end.
    bar, ours = BARS.get(scene), statistics.median(own)
    row("hydration s", f"{ours:.4f}", bar or "", verdict(ours, bar) if bar else "")
    row("process s", f"{statistics.median(wall):.4f}", "", "")
    bar = 1.3 * payload + 32 * MIB
    row("peak of pull, MiB", f"{memory / MIB:.0f}", f"{bar / MIB:.0f}", verdict(memory, bar))
    row("peak of replay, MiB", f"{peak / MIB:.0f}", f"{bar / MIB:.0f}", verdict(peak, bar))


def crowd(options):
    with tempfile.TemporaryDirectory() as folder:
        path = snapshot_of(options, POINTS, folder)
        with Server([options.scenectl, "replay", path]) as server:
            payload = json.loads(Run(pull(options, server.url)).text)["blob_bytes"]
            one, walls = server.peak(), []
            words = [str(word) for word in pull(options, server.url)]
            for _ in range(options.rounds):
                start = time.perf_counter()
                running = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(options.crowd)]
                if any([process.wait() for process in running]):
                    raise SystemExit("a pull has failed")
                walls.append(time.perf_counter() - start)
            peak = server.peak()
    title(f"{options.crowd} clients of {payload / 1e6:.1f} MB each at one replay", "what", "is")
    row("median s for all", f"{statistics.median(walls):.3f}")
    row("peak of replay after one client, MiB", f"{one / MIB:.0f}")
    row("peak of replay after all, MiB", f"{peak / MIB:.0f}")
    row("the same in payloads", f"{peak / payload:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="a Python with viser")
    parser.add_argument("--scenectl", help="without it, only what `real` can do")
    parser.add_argument("--scene", nargs="*", help="NAME:SIZE")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--crowd", type=int, default=20)
    parser.add_argument("--only", choices=["real", "replay", "crowd"])
    parser.add_argument("--raw-reader", metavar="URL", help="be the reader that throws away")
    parser.add_argument("--keep", action="store_true", help="with --raw-reader: keep it, in fresh memory")
    parser.add_argument("--version", help="with --raw-reader: the server's")
    options = parser.parse_args()
    if options.raw_reader:
        return read_raw(options.raw_reader, options.version, options.keep)
    if not options.python or (options.only != "real" and not options.scenectl):
        parser.error("--python and --scenectl are needed")
    named = [(name, int(size)) for name, size in (scene.split(":") for scene in options.scene or [])]
    if options.only in (None, "real"):
        for scene in named or (POINTS, MANY_POINTS, NODES):
            real(options, scene)
    if options.only in (None, "replay"):
        for scene in named or (MANY_POINTS, NODES):
            replay(options, scene)
    if options.only in (None, "crowd"):
        crowd(options)


if __name__ == "__main__":
    os.environ.pop("SCENECTL_SECRET", None)
    main()
