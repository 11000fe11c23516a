#!/usr/bin/env python3
"""A real vtkWeb server without a window: VTK's own protocols over wslink, and no vtklocal.

    vtkweb_server.py [--port 0] [--lifetime SECONDS]

Prints one JSON line when it is ready: {"ready": true, "url": "ws://127.0.0.1:40123/ws"}
"""

import argparse
import json
import os
import socket
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--lifetime", type=float, default=0)
options = parser.parse_args()

os.environ["WSLINK_READY_MSG"] = ""  # stdout is for the ready line
stdout = os.dup(1)
os.dup2(2, 1)

from vtkmodules.web import protocols  # noqa: E402
from vtkmodules.web import wslink as vtk_wslink  # noqa: E402
from wslink import server  # noqa: E402

if not options.port:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        options.port = free.getsockname()[1]


class Application(vtk_wslink.ServerProtocol):
    def initialize(self):
        self.registerVtkWebProtocol(protocols.vtkWebMouseHandler())
        self.registerVtkWebProtocol(protocols.vtkWebPublishImageDelivery(decode=False))
        self.updateSecret("wslink-secret")


def ready():
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", options.port)):
            threading.Event().wait(0.05)
    line = {"ready": True, "url": f"ws://127.0.0.1:{options.port}/ws"}
    os.write(stdout, (json.dumps(line) + "\n").encode())


threading.Thread(target=ready, daemon=True).start()
if options.lifetime:
    threading.Timer(options.lifetime, lambda: os._exit(0)).start()

arguments = argparse.ArgumentParser()
server.add_arguments(arguments)
arguments = arguments.parse_args(["--host", "127.0.0.1", "--port", str(options.port), "--timeout", "0"])
server.start_webserver(arguments, Application)
