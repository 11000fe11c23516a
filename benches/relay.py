#!/usr/bin/env python3
"""Measures what standing in between costs: `relay`, `relay --record`, `record`, and a slow client beside others.

    relay.py --python VENV/bin/python --scenectl PATH [--scene actors mesh] [--rounds 7] [--crowd 49]

Every round pulls the scene once directly and once through each relay, in turns, from the same server. The relay keeps no blobs
(`--cache 0`), so that it asks for all of them each time; `--crowd N` lets N clients pull at the same time through one relay
that does keep them, with and without one more that reads 10 kB/s.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from compare import ACTORS, MESH, Run, serving  # noqa: E402

PEERS = Path(__file__).resolve().parent.parent / "tests/peers"


def server(options, scene):
    name, size = scene
    return [options.python, PEERS / "server.py", "--port", "0", "--lifetime", "900", "--scene", name, "--size", size]


def pulls(options, scene):
    with serving(server(options, scene)) as real, tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "session.mcap"
        relay = [options.scenectl, "relay", real["url"], "--cache", "0"]
        with serving(relay) as plain, serving([*relay, "--record", recording]) as kept:
            ways = {
                "direct": [options.scenectl, "pull", real["url"], "-q"],
                "relay": [options.scenectl, "pull", plain["url"], "-q"],
                "relay --record": [options.scenectl, "pull", kept["url"], "-q"],
                "record": [options.scenectl, "record", real["url"], "--updates", "0", "-q", "-f", "-o",
                           Path(folder) / "record.mcap"],
            }
            walls = {way: [] for way in ways}
            for k in range(options.rounds + 1):
                for way, command in ways.items():
                    run = Run(command)
                    # What is queued for the disk must not slow the next one down.
                    time.sleep(options.pause)
                    if k:
                        walls[way].append(run.wall)
            size = recording.stat().st_size
    direct = statistics.median(walls["direct"])
    print(f"\n{scene[0]}:{scene[1]}, {options.rounds} rounds, recording {size / 1e6:.0f} MB\n")
    print("| way | median s | min s | rate | by minima |\n|---|---|---|---|---|")
    for way, times in walls.items():
        median, least = statistics.median(times), min(times)
        print(f"| {way} | {median:.3f} | {least:.3f} | {direct / median:.0%} | {min(walls['direct']) / least:.0%} |")


def crowd(options):
    def all_at_once(url):
        start = time.perf_counter()
        command = [options.scenectl, "pull", url, "-q"]
        running = [subprocess.Popen([str(w) for w in command]) for _ in range(options.crowd)]
        assert all(process.wait() == 0 for process in running)
        return time.perf_counter() - start

    def dawdle(url, stop):
        """Asks for everything through our own client, behind a link that lets 10 kB/s through."""
        host, port = url.split("/")[2].split(":")
        listener = socket.create_server(("127.0.0.1", 0))
        slow = subprocess.Popen([str(options.scenectl), "pull", f"127.0.0.1:{listener.getsockname()[1]}", "-q",
                                 "--timeout", "600"], stderr=subprocess.DEVNULL)
        client, _ = listener.accept()
        there = socket.create_connection((host, int(port)))
        there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)

        def up():
            try:
                while data := client.recv(65536):
                    there.sendall(data)
            except OSError:
                pass

        threading.Thread(target=up, daemon=True).start()
        try:
            while not stop.is_set():
                data = there.recv(1000)
                if not data:
                    break
                client.sendall(data)
                time.sleep(0.1)
        except OSError:
            pass
        slow.kill()
        slow.wait()
        client.close()
        there.close()

    def memory(pid):
        line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    with serving(server(options, ("mesh", 200_000))) as real:
        results = {}
        for slow in (False, True):
            relay = subprocess.Popen([str(options.scenectl), "relay", real["url"]], stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, text=True)
            url = json.loads(relay.stdout.readline())["url"]
            stop = threading.Event()
            thread = threading.Thread(target=dawdle, args=(url, stop))
            if slow:
                thread.start()
                time.sleep(1)
            walls = [all_at_once(url) for _ in range(options.rounds + 1)][1:]
            results[slow] = (statistics.median(walls), memory(relay.pid))
            stop.set()
            if slow:
                thread.join()
            relay.terminate()
            relay.wait()
    (alone, before), (beside, after) = results[False], results[True]
    print(f"\n{options.crowd} clients pull mesh:200000 through one relay\n")
    print("| | median s | relay's peak MiB |\n|---|---|---|")
    print(f"| alone | {alone:.3f} | {before:.0f} |")
    print(f"| beside one that reads 10 kB/s | {beside:.3f} ({beside / alone:.2f} ×) | {after:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    parser.add_argument("--scenectl", required=True)
    parser.add_argument("--scene", nargs="*", default=["actors", "mesh"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pause", type=float, default=1.5)
    parser.add_argument("--crowd", type=int, default=0)
    options = parser.parse_args()
    for scene in (ACTORS, MESH):
        if scene[0] in options.scene:
            pulls(options, scene)
    if options.crowd:
        crowd(options)


if __name__ == "__main__":
    os.environ.pop("SCENECTL_SECRET", None)
    main()
