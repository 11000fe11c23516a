#!/usr/bin/env python3
"""trame's own Python client (trame_server.client.Client) against any server:
a third independent client for scenectl's fake server.

    trame_python_client.py URL [--secret S] [--trigger step] [--seconds 2]

Prints one JSON line: connected, clientID, result of vtklocal.get.status for
the first render window named by the UI template (distinct hashes), of the trigger, and every
published message seen. Note its limit: it refuses messages above the
maxMsgSize of the hello reply (4 MiB), so large blobs cannot be fetched with it.
"""

import argparse
import asyncio
import json

from reference_client import window_ids
from trame_server.client import Client


async def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("url")
    ap.add_argument("--secret", default="wslink-secret")
    ap.add_argument("--trigger")
    ap.add_argument("--seconds", type=float, default=2)
    a = ap.parse_args()
    client = Client(a.url)
    task = asyncio.create_task(client.connect(secret=a.secret))
    for _ in range(100):
        await asyncio.sleep(0.05)
        if client.connected == 2 or task.done():
            break
    if task.done():
        print(json.dumps({"connected": False, "error": repr(task.exception())}))
        return
    session, seen = client._session, []
    for topic in ("trame.state.topic", "trame.actions.topic"):
        session.register_subscription(topic, lambda e, t=topic: seen.append([t, e]))

    async def call(m, *args):
        return await (await session.call(m, list(args)))

    state = await call("trame.state.get")
    roots = window_ids(state)
    status = await call("vtklocal.get.status", roots[0]) if roots else None
    first = await call("vtklocal.get.state", roots[0]) if roots else None
    result = await client.call_trigger(a.trigger) if a.trigger else None
    await asyncio.sleep(a.seconds)
    print(
        json.dumps(
            {
                "connected": True,
                "client_id": session.client_id,
                "roots": roots,
                "ids": len(status["ids"]) if status else 0,
                "hashes": len(set(status["hashes"])) if status else 0,
                "class": json.loads(first)["ClassName"] if first else None,
                "trigger": result,
                "published": seen,
            }
        )
    )
    await client.disconnect()
    await task


asyncio.run(main())
