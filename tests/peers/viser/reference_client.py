#!/usr/bin/env python3
"""A plain client of a viser server, without a window.

    reference_client.py ws://HOST:PORT [--version auto|X.Y.Z] [--repeat K] [--no-decode] [--linger S]
        [--arrays FILE.json] [--messages FILE.jsonl] [--record FILE.raw] [--show K]
        [--camera] [--render empty|png|none|FILE] [--save DIR] [--set UUID PROPERTY JSON] [--send JSON]

Asks for the server's version, takes all that comes until ReplayDone (and for S seconds more), and prints one JSON line:
counts, bytes, seconds, the scene's size.
    --arrays     all arrays and bytes of the scene as it is at ReplayDone: {ID#path.of.property: {dtype, count, sha256}}
    --messages   all messages up to ReplayDone (with --linger: all), a line each, the same for the same message
    --record     the frames as they came: each an f64 of seconds and a u64 of bytes (little-endian), and the bytes
    --camera     does what a browser's tab does: from then on the server knows the client, and asks it for pictures
    --render     what to answer then: nothing to see, a picture of its own, no answer at all, or a file
    --save       where downloads go
"""

import argparse
import asyncio
import json
import re
import resource
import struct
import time
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import websockets

import wire

CAMERA = {
    "type": "ViewerCameraMessage",
    "wxyz": [1.0, 0.0, 0.0, 0.0],
    "position": [3.0, 3.0, 3.0],
    "fov": 1.3089969389957472,
    "near": 0.01,
    "far": 1000.0,
    "image_height": 720,
    "image_width": 1280,
    "look_at": [0.0, 0.0, 0.0],
    "up_direction": [0.0, 0.0, 1.0],
}


async def connect(url, version):
    return await websockets.connect(
        url, subprotocols=[f"viser-v{version}"], max_size=None, compression=None, ping_interval=None
    )


async def discover(url):
    """Asks with a version that there is not; the server names its own when it closes (code 1002)."""
    socket = await connect(url, "0.0.0")
    try:
        await socket.recv()
    except websockets.exceptions.ConnectionClosed as closed:
        found = re.search(r"Server: ([^\s,]+)", closed.rcvd.reason if closed.rcvd else "")
        if found:
            return found.group(1)
    raise SystemExit("the server does not tell its version")


def png(width, height, alpha):
    kind, channels = (6, 4) if alpha else (2, 3)
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes([x * 255 // max(1, width - 1), y * 255 // max(1, height - 1), 128, 255][:channels])

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def short(value):
    """The same, short enough to read."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype.str}[{value.size}]>"
    if isinstance(value, bytes):
        return f"<bin {len(value)}>"
    if isinstance(value, dict):
        return {key: short(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [short(one) for one in value[:64]]
    return value


class Tab:
    """What a browser's tab does with messages that are not about the scene: answers, and downloads."""

    def __init__(self, socket, options):
        self.socket, self.options = socket, options
        self.storage, self.downloads, self.events = {}, {}, []

    async def take(self, message):
        kind = message["type"]
        rest = {key: value for key, value in message.items() if key != "type"}
        if kind == "GetRenderRequestMessage":
            self.events.append({"render": rest})
            picture = self.picture(message)
            if picture is not None:
                answer = {"payload": picture, "render_uuid": message["render_uuid"]}
                await self.send("GetRenderResponseMessage", answer)
        elif kind == "LocalStorageGetItemRequestMessage":
            answer = {"value": self.storage.get(message["key"]), "error": None}
            await self.send("LocalStorageGetItemResponseMessage", {**answer, "request_uuid": message["request_uuid"]})
        elif kind == "LocalStorageSetItemMessage":
            self.storage[message["key"]] = message["value"]
        elif kind.startswith("Notification") or kind == "RemoveNotificationMessage":
            self.events.append({kind: short(rest)})
        elif kind == "FileTransferStartDownload":
            self.downloads[message["transfer_uuid"]] = (message, {}, time.perf_counter())
            self.finish(message)
        elif kind == "FileTransferPart":
            self.downloads[message["transfer_uuid"]][1][message["part_index"]] = message["content"]
            self.finish(message)

    async def send(self, kind, fields):
        await self.socket.send(wire.encode({"type": kind, **fields}))

    def picture(self, asked):
        how = self.options.render
        if how == "none":
            return None
        if how == "empty":
            return b""
        if how == "png":
            return png(asked["width"], asked["height"], asked["format"] == "image/png")
        return Path(how).read_bytes()

    def finish(self, message):
        start, parts, began = self.downloads[message["transfer_uuid"]]
        if len(parts) < start["part_count"]:
            return
        data = b"".join(parts[k] for k in range(start["part_count"]))
        if self.options.save:
            # A server can name files as it likes.
            name = Path(start["filename"]).name or "download"
            Path(self.options.save, name).write_bytes(data)
        told = {"filename": start["filename"], "mime": start["mime_type"], "size": len(data), "parts": len(parts)}
        seconds = round(time.perf_counter() - began, 4)
        self.events.append({"download": {**told, "ok": len(data) == start["size_bytes"], "s": seconds}})


async def run(options):
    version = await discover(options.url) if options.version == "auto" else options.version
    began = time.perf_counter()
    socket = await connect(options.url, version)
    opened = time.perf_counter()
    out = {"url": options.url, "version": version, "connect_s": round(opened - began, 4)}
    if options.camera:
        await socket.send(wire.encode(CAMERA))
    for uuid, name, value in options.set or []:
        update = {"type": "GuiUpdateMessage", "uuid": uuid, "updates": {name: json.loads(value)}}
        await socket.send(wire.encode(update))
    for message in options.send or []:
        await socket.send(wire.encode(json.loads(message)))

    scene, tab, types = wire.Scene(), Tab(socket, options), Counter()
    total, compressed, inflated, biggest, decoding = 0, 0, 0, 0, 0.0
    per_frame, stamps, first, end = [], [], None, None
    lines = open(options.messages, "w", encoding="utf-8") if options.messages else None
    record = open(options.record, "wb") if options.record else None
    try:
        while True:
            left = None if end is None else max(0.0, end - time.perf_counter())
            try:
                frame = await asyncio.wait_for(socket.recv(), left)
            except asyncio.TimeoutError:
                break
            now = time.perf_counter()
            first = first or now
            if record:
                record.write(struct.pack("<dQ", now - began, len(frame)) + frame)
            body, frame_compressed, frame_inflated = wire.decode(frame, not options.no_decode)
            messages = body["messages"]
            decoding += time.perf_counter() - now
            total, biggest = total + len(frame), max(biggest, len(frame))
            compressed, inflated = compressed + frame_compressed, inflated + frame_inflated
            per_frame.append(len(messages))
            stamps.append(body["timestampSec"])
            for message in messages:
                kind = message["type"]
                types[kind] += 1
                if lines and (end is None or options.linger):
                    lines.write(wire.canonical(message) + "\n")
                await tab.take(message)
                scene.apply(message)
                if kind == "ReplayDoneMessage" and end is None:
                    done = time.perf_counter()
                    end = done + options.linger
                    out["hydrate"] = {
                        "s": round(done - opened, 4),
                        "first_frame_s": round(first - opened, 4),
                        "frames": len(per_frame),
                        "messages": sum(per_frame),
                        "messages_per_frame": list(per_frame),
                        "bytes": total,
                        "zstd_bytes": compressed,
                        "msgpack_bytes": inflated,
                        "biggest_frame": biggest,
                        "decode_s": round(decoding, 4),
                        "MB_per_s": round(total / 1e6 / max(1e-9, done - opened), 1),
                        "nodes": len(scene.nodes),
                        "gui": len(scene.gui),
                    }
                    if options.arrays:
                        Path(options.arrays).write_text(json.dumps(scene.arrays(), indent=1) + "\n", encoding="utf-8")
    except websockets.exceptions.ConnectionClosed as closed:
        out["closed"] = {"code": closed.rcvd and closed.rcvd.code, "reason": closed.rcvd and closed.rcvd.reason}
    for file in (lines, record):
        if file:
            file.close()
    out["total"] = {"frames": len(per_frame), "messages": sum(per_frame), "bytes": total}
    out["types"] = dict(sorted(types.items()))
    if tab.events:
        out["events"] = tab.events
    if options.linger and len(stamps) > 3:
        steps = 1000 * np.diff(stamps[-200:])
        out["frame_interval_ms"] = {name: round(float(of(steps)), 2) for name, of in
                                    (("p50", np.median), ("min", np.min), ("max", np.max))}
    if options.show:
        out["nodes"] = [short(node) for node in scene.nodes.values()][: options.show]
        out["gui"] = [short(element) for element in scene.gui.values()][: options.show]
    out["maxrss_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    await socket.close()
    print(json.dumps(out), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--version", default="auto")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--no-decode", action="store_true", help="leave arrays where they are")
    parser.add_argument("--linger", type=float, default=0.0)
    parser.add_argument("--arrays")
    parser.add_argument("--messages")
    parser.add_argument("--record")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--camera", action="store_true")
    parser.add_argument("--render", default="empty")
    parser.add_argument("--save")
    parser.add_argument("--set", nargs=3, action="append")
    parser.add_argument("--send", action="append")
    options = parser.parse_args()
    for _ in range(options.repeat):
        asyncio.run(run(options))


if __name__ == "__main__":
    main()
