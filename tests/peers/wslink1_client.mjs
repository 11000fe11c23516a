// The real wslink 1.x JavaScript client (npm wslink 1.12) against any server that speaks it.
//
//   npm install            (package-wslink1.json beside this file, as package.json)
//   node wslink1_client.mjs ws://127.0.0.1:9100/ws [--secret S] [--no-batch] [--out DIR]
//
// Hydrates the scene by the methods of VTK.wasm: the status of every window that the application's
// template names, states, blobs. Writes them into DIR, asks a few things that must fail, and prints
// one JSON line. What arrives in the wrong way (a blob that is no binary data) ends it with 1.

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

const { values: opt, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    secret: { type: "string", default: "wslink-secret" },
    "no-batch": { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const require = createRequire(import.meta.url);
globalThis.window ??= globalThis;
globalThis.self ??= globalThis;
window.location ??= new URL("http://127.0.0.1/index.html");
const WS = require("ws");
// A browser's websocket as far as the client looks at it; without a Blob, which can only be read later.
globalThis.WebSocket = class extends WS {
  constructor(url) {
    super(url, { maxPayload: 0, perMessageDeflate: false });
    super.binaryType = "arraybuffer";
  }
  set binaryType(_) {}
  get binaryType() {
    return super.binaryType;
  }
};
const { WebsocketConnection } = require("wslink");

const connection = WebsocketConnection.newInstance({ urls: positionals[0], secret: opt.secret });
await new Promise((resolve, reject) => {
  connection.onConnectionReady(resolve);
  connection.onConnectionError((_, error) => reject(error));
  connection.onConnectionClose(() => reject(new Error("connection closed")));
  connection.connect();
}).catch((error) => {
  console.log(JSON.stringify({ refused: error }));
  process.exit(0);
});
const session = connection.getSession();

function binary(data) {
  if (!(data instanceof ArrayBuffer)) throw new Error(`not binary data: ${JSON.stringify(data)}`);
  return new Uint8Array(data);
}

const state = (await session.call("trame.state.get")).state;
const roots = [...state.trame__template_main.matchAll(/render-window="(\d+)"/g)].map((m) => Number(m[1]));
const states = new Map();
const blobs = new Map();
for (const root of roots) {
  const status = await session.call("vtklocal.get.status", [root]);
  const ids = status.ids.map(([id]) => id);
  const hashes = [...new Set(status.hashes)];
  if (opt["no-batch"]) {
    // All at once: replies and attachments come in any order that the server likes.
    await Promise.all([
      ...ids.map(async (id) => states.set(id, await session.call("vtklocal.get.state", [id]))),
      ...hashes.map(async (hash) => blobs.set(hash, binary(await session.call("vtklocal.get.hash", [hash])))),
    ]);
  } else {
    let next = { states: ids, hashes };
    while (next) {
      const reply = await session.call("vtklocal.get.batch", [next.states, next.hashes]);
      for (const found of reply.states) states.set(found.Id, JSON.stringify(found));
      for (const [hash, data] of Object.entries(reply.hashes)) blobs.set(hash, binary(data));
      next = reply.next;
    }
  }
}
if (opt.out) {
  for (const [folder, files, suffix] of [["states", states, ".json"], ["blobs", blobs, ""]]) {
    fs.mkdirSync(path.join(opt.out, folder), { recursive: true });
    for (const [name, data] of files) fs.writeFileSync(path.join(opt.out, folder, `${name}${suffix}`), data);
  }
}
const errors = {};
for (const [name, method, args] of [
  ["unknown", "no.such.method", []],
  ["raised", "vtklocal.get.status", [0]],
  // An attachment in the arguments: it is no integer.
  ["attached", "vtklocal.get.state", [session.addAttachment(new Uint8Array([1, 2, 3]).buffer)]],
]) {
  errors[name] = await session.call(method, args).then(() => null, ({ code, message }) => ({ code, message }));
}
console.log(JSON.stringify({ roots, states: states.size, blobs: blobs.size, errors }));
session.close();
process.exit(0);
