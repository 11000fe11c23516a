#!/usr/bin/env python3
"""Asks a server for odd things and prints what it answers, to compare a fake server with the real one.

    probe.py URL [--secret S] [--window ID] [--hash HASH]

Prints one JSON line: {name of the question: answer}. What no two servers answer alike (client ids, tracebacks,
the words of an exception) is left out; states that are not asked for by name become their class.
"""

import argparse
import asyncio
import json

import aiohttp
import msgpack
from reference_client import HEADER, RpcError, Wslink


def plain(value):
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in ("clientID", "exception", "trace")}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


async def outcome(awaitable):
    try:
        return {"result": plain(await asyncio.wait_for(awaitable, 5))}
    except RpcError as e:
        return {"error": plain(e.args[0])}
    except asyncio.TimeoutError:
        return "no answer"


async def ask(url, secret, window, blob):
    said = {}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as ws:
        c = Wslink(ws)
        c.reader = asyncio.create_task(c.read_loop())
        rid = "system:c0:0"
        said["before hello"] = await outcome(c.request("rpc:c:1", "vtklocal.get.status", [window]))
        said["wrong secret"] = await outcome(c.request(rid, "wslink.hello", [{"secret": "wrong"}]))
        said["no secret"] = await outcome(c.request(rid, "wslink.hello", [{}]))
        said["hello"] = await outcome(c.hello(secret))
        said["hello again"] = await outcome(c.request(rid, "wslink.hello", [{"secret": secret}]))
        said["system method"] = await outcome(c.request("system:c0:1", "wslink.nothing", []))
        said["plain id"] = await outcome(c.request("hello", "vtklocal.get.state", [4_000_000]))
        calls = {
            "unknown method": ("no.such.method", 1),
            "unknown id": ("vtklocal.get.state", 4_000_000),
            "id as text": ("vtklocal.get.state", "one"),
            "id missing": ("vtklocal.get.state",),
            "unknown hash": ("vtklocal.get.hash", "12345"),
            "known hash": ("vtklocal.get.hash", blob),
            "hash as number": ("vtklocal.get.hash", 12345),
            "empty batch": ("vtklocal.get.batch", [], []),
            "batch of an unknown id": ("vtklocal.get.batch", [4_000_000], []),
            "batch of an unknown hash": ("vtklocal.get.batch", [], ["12345"]),
            "batch of a known hash": ("vtklocal.get.batch", [], [blob, blob]),
            "status of the root": ("vtklocal.get.status", 0),
            "status of nothing": ("vtklocal.get.status", 4_000_000),
            "unknown trigger": ("trame.trigger", "no-such-trigger", [], {}),
            "lifecycle": ("trame.lifecycle.update", "client_connected"),
            "state update": ("trame.state.update", []),
            "client error": ("trame.error.client", "nothing is wrong"),
        }
        for name, (method, *args) in calls.items():
            said[name] = await outcome(c.call(method, *args))
        state = await c.call("vtklocal.get.state", window)
        said["a state is text"] = isinstance(state, str) and json.loads(state)["ClassName"]
        batch = await c.call("vtklocal.get.batch", [window], [])
        said["a state of a batch is a map"] = batch["states"] == [json.loads(state)]
        status = await c.call("vtklocal.get.status", window)
        said["status"] = {k: v for k, v in status.items() if k not in ("ids", "hashes")}
        said["ids"] = sorted(i for i, _ in status["ids"])
        said["hashes"] = sorted(set(status["hashes"]))
        # what gets no answer, but leaves the connection as it is
        await ws.send_str("some text")
        body = msgpack.packb({"wslink": "1.0", "method": "vtklocal.get.status", "args": [window]})
        await ws.send_bytes(HEADER.pack(7, 0, len(body)) + body)
        # a request in three frames, last one first
        body = msgpack.packb({"wslink": "1.0", "id": "rpc:x:1", "method": "vtklocal.get.state",
                              "args": [4_000_000], "kwargs": {}})
        c.pending["rpc:x:1"] = future = asyncio.get_running_loop().create_future()
        for at in (40, 20, 0):
            part = body[at:] if at == 40 else body[at : at + 20]
            await ws.send_bytes(HEADER.pack(9, at, len(body)) + part)
        said["frames out of order"] = await outcome(future)
        by_name = {"wslink": "1.0", "id": "rpc:x:2", "method": "vtklocal.get.state", "args": [],
                   "kwargs": {"obj_id": 4_000_000}}
        c.pending["rpc:x:2"] = future = asyncio.get_running_loop().create_future()
        for chunk in c.send(by_name):
            await ws.send_bytes(chunk)
        said["argument by name"] = await outcome(future)
        c.reader.cancel()
    return said


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("url")
    ap.add_argument("--secret", default="wslink-secret")
    ap.add_argument("--window", type=int, default=1)
    ap.add_argument("--hash", default="")
    a = ap.parse_args()
    print(json.dumps(asyncio.run(ask(a.url, a.secret, a.window, a.hash))))


if __name__ == "__main__":
    main()
