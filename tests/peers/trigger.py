#!/usr/bin/env python3
"""Calls RPCs of a server, one after the other, as another client beside the one under test.

    trigger.py URL [--secret S]

Reads one JSON array a line from stdin: a method and its arguments, for instance
    ["trame.trigger", "step", [1], {}]
and prints one JSON line for each: {"result": ...} or {"error": ...}; bytes become their length.
"""

import argparse
import asyncio
import json
import sys

import aiohttp
from reference_client import RpcError, Wslink


async def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("url")
    ap.add_argument("--secret", default="wslink-secret")
    a = ap.parse_args()
    async with aiohttp.ClientSession() as session, session.ws_connect(a.url, max_msg_size=0) as ws:
        c = Wslink(ws)
        c.reader = asyncio.create_task(c.read_loop())
        await c.hello(a.secret)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            method, *args = json.loads(line)
            try:
                answer = {"result": await c.call(method, *args)}
            except RpcError as e:
                answer = {"error": e.args[0]}
            print(json.dumps(answer, default=len), flush=True)
        c.reader.cancel()


asyncio.run(main())
