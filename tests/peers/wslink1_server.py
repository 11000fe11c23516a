#!/usr/bin/env python3
"""A real wslink 1.x server (aiohttp backend) that serves a snapshot, for testing scenectl.

    wslink1_server.py scene.wazex [--port 0] [--secret S] [--no-batch] [--no-trame]
                      [--raise-in METHOD] [--interval SECONDS] [--lifetime SECONDS]

No release of trame-vtklocal needs wslink 1.x, so its methods are made here, as trame-vtklocal 1.8
makes them: states as text, blobs as attachments, several of them in a batch. Prints one JSON line when
it is ready:
    {"ready": true, "url": "ws://127.0.0.1:40123/ws", "roots": [1], "states": 49, "blobs": 3}
With --interval it publishes an update of the view every so often. It stops when it is killed.
"""

import argparse
import json
import os
import sys
import threading
import zipfile
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("snapshot", type=Path)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--secret", default="wslink-secret")
parser.add_argument("--no-batch", action="store_true")
parser.add_argument("--no-trame", action="store_true")
parser.add_argument("--raise-in", default="", metavar="METHOD")
parser.add_argument("--interval", type=float, default=0)
parser.add_argument("--lifetime", type=float, default=0)
options = parser.parse_args()

os.environ["WSLINK_READY_MSG"] = ""  # stdout is for the ready line
from wslink import register, schedule_callback, server, websocket  # noqa: E402

states, blobs, roots = {}, {}, []


def read(name, data):
    global roots
    folder, _, last = name.rpartition("/")
    if not last:
        return  # the entry of a folder
    if folder == "states":
        states[int(last.removesuffix(".json"))] = data.decode()
    elif folder == "blobs":
        blobs[last] = data
    elif name == "vtk-wasm.json":
        roots = json.loads(data)["ids"]


if options.snapshot.is_dir():
    for path in sorted(options.snapshot.rglob("*")):
        if path.is_file():
            read(path.relative_to(options.snapshot).as_posix(), path.read_bytes())
else:
    with zipfile.ZipFile(options.snapshot) as archive:
        for entry in archive.namelist():
            read(entry, archive.read(entry))


def rpc(name, wanted=True):
    """Registers a method, unless it is not wanted."""
    return register(name) if wanted else lambda function: function


def may_raise(name):
    if name == options.raise_in:
        raise ValueError(f"{name} was told to raise: scène ☃")


class Scene(websocket.LinkProtocol):
    @rpc("trame.state.get", not options.no_trame)
    def application(self):
        may_raise("trame.state.get")
        views = "".join(
            f'<vtk-local :render-window="{root}" ref="view{root}" />' for root in roots
        )
        return {"name": "wslink1", "state": {"trame__template_main": f"<div>{views}</div>"}}

    @rpc("vtklocal.get.status")
    def status(self, obj_id):
        may_raise("vtklocal.get.status")
        parsed = {key: json.loads(text) for key, text in states.items()}
        cameras = [key for key, state in parsed.items() if state.get("ClassName", "").endswith("Camera")]
        return {
            "ids": [[key, state.get("MTime", 1)] for key, state in parsed.items()],
            "hashes": list(blobs),
            "ignore_ids": cameras,
            "cameras": cameras,
            "force_push": [],
            "interactor": 0,
        }

    @rpc("vtklocal.get.state")
    def state(self, obj_id):
        may_raise("vtklocal.get.state")
        return states.get(obj_id, "null")

    @rpc("vtklocal.get.hash")
    def hash(self, hash):
        may_raise("vtklocal.get.hash")
        return self.addAttachment(blobs.get(hash, b""))

    @rpc("vtklocal.get.batch", not options.no_batch)
    def batch(self, state_ids, hash_keys):
        may_raise("vtklocal.get.batch")
        return {
            "states": [json.loads(states[key]) for key in state_ids],
            "hashes": {key: self.addAttachment(blobs[key]) for key in hash_keys},
            "next": False,
        }

    @rpc("test.echo")
    def echo(self, *values):
        """Binary arguments come back as attachments."""
        return [self.addAttachment(v) if isinstance(v, bytes) else v for v in values]


class Server(websocket.ServerProtocol):
    def initialize(self):
        self.scene = Scene()
        self.registerLinkProtocol(self.scene)
        self.updateSecret(options.secret)

    def port_callback(self, port):
        line = {
            "ready": True,
            "url": f"ws://127.0.0.1:{port}/ws",
            "roots": roots,
            "states": len(states),
            "blobs": len(blobs),
        }
        print(json.dumps(line), flush=True)
        if options.interval:
            schedule_callback(options.interval, self.update)

    def update(self):
        action = {"type": "method", "ref": f"view{roots[0]}", "method": "update", "args": [{}]}
        self.scene.publish("trame.actions.topic", [action])
        schedule_callback(options.interval, self.update)


if options.lifetime:
    timer = threading.Timer(options.lifetime, lambda: os._exit(0))
    timer.daemon = True
    timer.start()
arguments = ["--host", "127.0.0.1", "--port", str(options.port), "--timeout", "0"]
sys.argv = sys.argv[:1]
server.start(arguments, protocol=Server)
