#!/usr/bin/env python3
"""Starts the REAL wslink launcher (python -m wslink.launcher) with launcher.json filled in.

    launcher.py [--sessions 2] [--delete] [--timeout 25]

Its application `scene` is server.py with the key "scene" (cone, mixed); `dies` and `no-such-program` never
start. Prints one JSON line when it listens:
    {"ready": true, "url": "http://127.0.0.1:40123/paraview/", "state": "/tmp/…", "pid": 1}
--delete turns on DELETE <url><id>, which wslink leaves off. It ends, and its sessions with it, on SIGTERM
or when its stdin is closed.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--sessions", type=int, default=2, help="how many there may be at a time")
parser.add_argument("--delete", action="store_true")
parser.add_argument("--timeout", type=int, default=25, help="seconds a session has to get ready")
options = parser.parse_args()


def free_ports(count):
    """The first of so many free ports in a row."""
    while True:
        first = random.randint(20000, 30000)
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            pass
        finally:
            for taken in sockets:
                taken.close()


state = tempfile.mkdtemp(prefix="scenectl-launcher-")
text = (HERE / "launcher.json").read_text()
for name, value in (("@STATE@", state), ("@PYTHON@", sys.executable), ("@HERE@", str(HERE))):
    text = text.replace(name, value)
config = json.loads(text)
first = free_ports(options.sessions + 1)
config["configuration"]["port"] = first
config["configuration"]["timeout"] = options.timeout
config["resources"][0]["port_range"] = [first + 1, first + options.sessions]
path = Path(state) / "launcher.json"
path.write_text(json.dumps(config))
environment = dict(
    os.environ, WSLINK_LAUNCHER_DELETE=str(int(options.delete)), WSLINK_LAUNCHER_GET="1"
)
launcher = subprocess.Popen(
    [sys.executable, "-m", "wslink.launcher", str(path)],
    env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True,
)


def stop(*_):
    # The sessions are in the launcher's process group: they go with it.
    try:
        os.killpg(launcher.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os._exit(0)


def stop_with_stdin():
    sys.stdin.read()
    stop()


for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
threading.Thread(target=stop_with_stdin, daemon=True).start()

url = f"http://127.0.0.1:{first}/paraview/"
for _ in range(300):
    if launcher.poll() is not None:
        sys.exit(f"the launcher ended with {launcher.returncode}")
    try:
        urllib.request.urlopen(url, timeout=1)
        break
    except urllib.error.HTTPError:
        break  # 405: it answers
    except OSError:
        time.sleep(0.1)
print(json.dumps({"ready": True, "url": url, "state": state, "pid": launcher.pid}), flush=True)
launcher.wait()
