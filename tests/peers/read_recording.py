#!/usr/bin/env python3
"""Reads a recording with Python's own mcap library.

    read_recording.py FILE

Prints one JSON line: the `scenectl` metadata, messages per channel, and how often each method and topic is on
`/rpc` (whose messages must all be JSON).
"""

import collections
import json
import sys

from mcap.reader import make_reader

with open(sys.argv[1], "rb") as file:
    reader = make_reader(file, validate_crcs=True)
    summary = reader.get_summary()
    channels = collections.Counter()
    for number, count in summary.statistics.channel_message_counts.items():
        channels[summary.channels[number].topic] += count
    methods = collections.Counter()
    seen = collections.Counter()
    for _, channel, message in reader.iter_messages():
        seen[channel.topic] += 1
        if channel.topic == "/rpc":
            methods[json.loads(message.data)["method"]] += 1
    assert {k: n for k, n in channels.items() if n} == dict(seen), (channels, seen)
    metadata = {m.name: m.metadata for m in reader.iter_metadata()}
print(json.dumps({"metadata": metadata["scenectl"], "channels": seen, "methods": methods}))
