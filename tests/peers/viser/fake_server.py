#!/usr/bin/env python3
"""A fake viser server, without viser: plays frames, or a recording, to every client.

    fake_server.py (--raw FILE.raw | --viser FILE.viser) [--port P] [--mode exact|rewrite|stored] [--speed X]
                   [--version X.Y.Z] [--no-replay-done] [--misalign] [--no-subprotocol]

    --mode exact     the frames as they were recorded
           rewrite   encoded again, with time stamps of their own, as a real server does
           stored    the same in zstd frames that compress nothing
    --version        closes connections that ask for another one (1.1.1 unless told), as a real server does; '' lets all in
The last three do what a server must not. Prints a JSON line when it is ready, and one for each message of a client.
"""

import argparse
import asyncio
import json
import struct
import time

import websockets
import zstandard

import wire

COMPRESSOR = zstandard.ZstdCompressor(level=1)
BLOCK = 128 * 1024
DONE = {"type": "ReplayDoneMessage"}


def say(**line):
    print(json.dumps(line), flush=True)


def stored(data):
    """A zstd frame without compression (RFC 8878): single segment, 8 bytes of content size, raw blocks."""
    out = [struct.pack("<IBQ", 0xFD2FB528, 0xE0, len(data))]
    for at in range(0, max(1, len(data)), BLOCK):
        block = data[at : at + BLOCK]
        last = at + BLOCK >= len(data)
        out.append(struct.pack("<I", last | len(block) << 3)[:3] + block)
    return b"".join(out)


def frame(messages, buffers, options):
    lengths = [len(buffer) for buffer in buffers]
    stamp = time.perf_counter()
    body = wire.encode({"messages": messages, "timestampSec": stamp, "binaryBufferLengths": lengths})
    packed = stored(body) if options.mode == "stored" else COMPRESSOR.compress(body)
    parts, at = [struct.pack("<QQ", len(body), len(packed)), packed], 16 + len(packed)
    for buffer in buffers:
        padding = 0 if options.misalign else -at % 8
        parts += [bytes(padding), buffer]
        at += padding + len(buffer)
    return b"".join(parts)


def again(data, options):
    """A recorded frame, encoded again."""
    body, compressed, _ = wire.decode(data, arrays=False)
    lengths = body.get("binaryBufferLengths", ())
    places = wire.buffers(data, 16 + compressed, lengths)
    return frame(body["messages"], [data[at : at + length] for at, length in zip(places, lengths)], options)


def from_recording(path, options):
    """One frame for all messages of one moment, with the buffers that they refer to."""
    body, inner, places = wire.read_recording(path)
    lengths = body["binaryBufferLengths"]
    moments = {}
    for seconds, message in body["messages"]:
        moments.setdefault(seconds, []).append(message)

    def own(value, used):
        if isinstance(value, dict):
            if "__binary_index" in value:
                index = used.setdefault(value["__binary_index"], len(used))
                return {"__binary_index": index, "dtype": value["dtype"]}
            return {key: own(one, used) for key, one in value.items()}
        return [own(one, used) for one in value] if isinstance(value, list) else value

    for k, (seconds, messages) in enumerate(moments.items()):
        used = {}
        messages = own(messages, used)
        if k == 0 and not options.no_replay_done:
            messages.append(DONE)
        yield seconds, frame(messages, [inner[places[i] : places[i] + lengths[i]] for i in used], options)


def frames(options):
    if options.viser:
        return from_recording(options.viser, options)
    recorded = wire.read_frames(options.raw)
    return ((seconds, data if options.mode == "exact" else again(data, options)) for seconds, data in recorded)


async def serve(options):
    async def client(socket):
        say(event="open", subprotocol=socket.subprotocol, path=socket.request.path)
        version = (socket.subprotocol or "viser-vunknown").removeprefix("viser-v")
        if options.version and version != options.version:
            reason = f"Version mismatch. Client: {version}, Server: {options.version}"
            return await socket.close(1002, reason)

        async def play():
            start = time.perf_counter()
            for seconds, data in frames(options):
                await asyncio.sleep(max(0.0, seconds / options.speed - (time.perf_counter() - start)))
                await socket.send(data)
            say(event="played", s=round(time.perf_counter() - start, 3))

        playing = asyncio.create_task(play())
        try:
            async for data in socket:
                message = wire.unpack(data)
                say(event="client", type=message["type"], message=wire.plain(message))
        except websockets.exceptions.ConnectionClosed:
            pass
        playing.cancel()
        say(event="close", code=socket.close_code, reason=socket.close_reason)

    def pick(_, offered):
        return None if options.no_subprotocol else next((one for one in offered if one.startswith("viser-v")), None)

    how = {"compression": None, "max_size": None, "select_subprotocol": pick}
    async with websockets.serve(client, "127.0.0.1", options.port, **how) as server:
        port = server.sockets[0].getsockname()[1]
        say(event="ready", port=port, url=f"ws://127.0.0.1:{port}")
        await asyncio.Future()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--raw")
    source.add_argument("--viser")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", choices=["exact", "rewrite", "stored"], default="exact")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--version", default="1.1.1")
    parser.add_argument("--no-replay-done", action="store_true", help="with --viser")
    parser.add_argument("--misalign", action="store_true", help="not with --mode exact")
    parser.add_argument("--no-subprotocol", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
