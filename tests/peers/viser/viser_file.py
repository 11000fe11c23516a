#!/usr/bin/env python3
"""Reads a `.viser` recording, and prints what is in it as one JSON line.

    viser_file.py FILE.viser [--messages FILE.jsonl] [--arrays FILE.json]

The two files are as those of `reference_client.py`; each message has its time before it: [seconds, message].
"""

import argparse
import json
import os
from collections import Counter
from pathlib import Path

import zstandard

import wire


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--messages")
    parser.add_argument("--arrays")
    options = parser.parse_args()
    body, inner, places = wire.read_recording(options.file)
    lengths = body["binaryBufferLengths"]
    times = [time for time, _ in body["messages"]]
    messages = [wire.with_arrays(message, inner, places, lengths) for _, message in body["messages"]]
    if options.messages:
        lines = [f"[{json.dumps(time)},{wire.canonical(message)}]\n" for time, message in zip(times, messages)]
        Path(options.messages).write_text("".join(lines), encoding="utf-8")
    scene = wire.Scene()
    for message in messages:
        scene.apply(message)
    if options.arrays:
        Path(options.arrays).write_text(json.dumps(scene.arrays(), indent=1) + "\n", encoding="utf-8")
    with open(options.file, "rb") as file:
        frame = zstandard.get_frame_parameters(file.read(64)[8:])
    print(json.dumps({
        "file_bytes": os.path.getsize(options.file),
        "inner_bytes": len(inner),
        "keys": list(body),
        "durationSeconds": body["durationSeconds"],
        "viserVersion": body["viserVersion"],
        "messages": len(messages),
        "first": times[0] if times else None,
        "last": times[-1] if times else None,
        "sorted": times == sorted(times),
        "buffers": len(lengths),
        "nodes": len(scene.nodes),
        "zstd": {"content_size": frame.content_size, "checksum": bool(frame.has_checksum)},
        "types": dict(sorted(Counter(message["type"] for message in messages).items())),
    }))


if __name__ == "__main__":
    main()
