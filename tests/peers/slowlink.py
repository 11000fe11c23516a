#!/usr/bin/env python3
"""A TCP relay that is a slow link: a rate, a one-way delay and a bounded buffer each way.

  slowlink.py --listen 9501 --to 127.0.0.1:9500 --down-kbit 2000 --up-kbit 500 --delay-ms 40

For machines whose kernel has no netem.  A byte
leaves `delay` after its turn on the link came; while more than --buffer-kib are on their way,
nothing more is read from the sender, which so feels the back-pressure as on a real link.
"""

import argparse
import asyncio
import json
import socket


async def pipe(reader, writer, kbit, delay, buffer):
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()
    free, level = asyncio.Event(), 0
    free.set()

    async def deliver():
        nonlocal level
        while True:
            due, data = await queue.get()
            if data is None:
                break
            wait = due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            writer.write(data)
            await writer.drain()
            level -= len(data)
            if level < buffer:
                free.set()
        try:
            writer.write_eof()
        except OSError:
            pass

    task = asyncio.create_task(deliver())
    line_free = loop.time()
    try:
        while True:
            await free.wait()
            data = await reader.read(4096)
            if not data:
                break
            line_free = max(line_free, loop.time())
            if kbit:
                line_free += len(data) * 8 / (kbit * 1000)
            level += len(data)
            if level >= buffer:
                free.clear()
            queue.put_nowait((line_free + delay, data))
    except OSError:
        pass
    queue.put_nowait((0, None))
    await task


async def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, default=9501, help="0: any")
    parser.add_argument("--to", default="127.0.0.1:9500")
    parser.add_argument("--down-kbit", type=float, default=0, help="server to client; 0: no limit")
    parser.add_argument("--up-kbit", type=float, default=0)
    parser.add_argument("--delay-ms", type=float, default=0, help="one way, each way")
    parser.add_argument("--buffer-kib", type=float, default=64)
    args = parser.parse_args()
    host, port = args.to.rsplit(":", 1)
    buffer = int(args.buffer_kib * 1024)

    async def serve(reader, writer):
        # Small socket buffers, or the kernel's own megabytes are the queue that one measures.
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (host, int(port)))
        there_reader, there_writer = await asyncio.open_connection(sock=sock, limit=8192)
        try:
            await asyncio.gather(
                pipe(reader, there_writer, args.up_kbit, args.delay_ms / 1e3, buffer),
                pipe(there_reader, writer, args.down_kbit, args.delay_ms / 1e3, buffer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for w in (writer, there_writer):
                w.close()

    server = await asyncio.start_server(serve, "127.0.0.1", args.listen, limit=8192)
    listening = server.sockets[0].getsockname()[1]  # the real one, if 0 was asked for
    print(json.dumps({"ready": True, "listen": listening, "to": args.to}), flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
