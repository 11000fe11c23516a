// A real browser with the application's own page: headless Chromium, drawing in software.
//
//   npm install            (package-browser.json as package.json beside this file)
//   node browser.mjs http://127.0.0.1:9100/index.html [--pictures DIR] [--har FILE]
//        [--updates N] [--size WxH] [--timeout SECONDS] [--chromium PROGRAM]
//
// Prints one JSON line when the scene is drawn, one for each of N updates that it followed from then on, each with a
// picture DIR/0.png, DIR/1.png, … of the page, and one when the browser has gone and the HAR is written.
//
// It listens to the websocket from outside and counts what the page draws: a scene is there when all that was asked
// for has come, something was drawn after that, and two pictures in a row are equal.

import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: opt, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pictures: { type: "string" },
    har: { type: "string" },
    updates: { type: "string", default: "0" },
    size: { type: "string", default: "300x300" },
    timeout: { type: "string", default: "90" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
const url = positionals[0];
if (!url) {
  console.error("usage: browser.mjs http://host:port/index.html [...]");
  process.exit(2);
}
const started = Date.now();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// -- what passes on the websocket ---------------------------------------------------------------------------------

const seen = {
  sockets: [], closed: 0, sent: 0, received: 0, received_bytes: 0, calls: {}, notices: 0,
  errors: {}, elsewhere: [], failed: [],
};
const open = new Set(); // ids of calls about the scene without an answer
const parts = new Map(); // by connection and message: bytes that are still to come
let waiting = 0; // notices that no status was asked for since

/** The string that a msgpack map has under a name, where it is a short one. */
function field(text, name) {
  const at = text.indexOf(String.fromCharCode(0xa0 + name.length) + name) + 1 + name.length;
  const kind = text.charCodeAt(at);
  if (at <= name.length || Number.isNaN(kind)) return undefined;
  if ((kind & 0xe0) === 0xa0) return text.slice(at + 1, at + 1 + (kind & 0x1f));
  return kind === 0xd9 ? text.slice(at + 2, at + 2 + text.charCodeAt(at + 1)) : undefined;
}

function call(payload) {
  const text = Buffer.from(payload).toString("latin1", 12, 400);
  const [id, method] = [field(text, "id"), field(text, "method")];
  if (!method) return;
  seen.calls[method] = (seen.calls[method] ?? 0) + 1;
  if (!method.startsWith("vtklocal.")) return;
  if (method === "vtklocal.get.status") waiting = 0;
  open.add(id);
}

function answer(socket, payload) {
  const bytes = Buffer.from(payload);
  if (bytes.length < 12) return;
  const [message, offset, total] = [0, 4, 8].map((at) => bytes.readUInt32LE(at));
  const key = `${socket}/${message}`;
  const part = parts.get(key) ?? { left: total, id: undefined };
  part.left -= bytes.length - 12;
  if (offset === 0) {
    const text = bytes.toString("latin1", 12, 400);
    part.id = field(text, "id");
    part.notice = part.id?.startsWith("publish:trame.actions.topic") && text.includes("\xa6method\xa6update");
  }
  if (part.left > 0) return void parts.set(key, part);
  parts.delete(key);
  open.delete(part.id);
  if (part.notice) {
    seen.notices += 1;
    waiting += 1;
  }
}

// -- the browser --------------------------------------------------------------------------------------------------

const browser = await chromium.launch({
  executablePath: opt.chromium,
  headless: true,
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"],
});
const [width, height] = opt.size.split("x").map(Number);
const context = await browser.newContext({
  viewport: { width, height },
  recordHar: opt.har ? { path: opt.har, mode: "full", content: "embed" } : undefined,
});
const page = await context.newPage();
// Counts what is drawn.
await page.addInitScript(() => {
  globalThis.drawn = 0;
  for (const kind of [WebGLRenderingContext, WebGL2RenderingContext]) {
    for (const name of Object.getOwnPropertyNames(kind.prototype).filter((name) => name.startsWith("draw"))) {
      const { value } = Object.getOwnPropertyDescriptor(kind.prototype, name);
      if (typeof value !== "function") continue;
      kind.prototype[name] = function (...args) {
        globalThis.drawn += 1;
        return value.apply(this, args);
      };
    }
  }
});
function wrong(text) {
  const what = text.replace(/^.*?\| */, "").slice(0, 200); // VTK begins with the time
  seen.errors[what] = (seen.errors[what] ?? 0) + 1;
}
page.on("console", (message) => message.type() === "error" && wrong(message.text()));
page.on("pageerror", (error) => wrong(String(error)));
page.on("requestfailed", (request) => seen.failed.push(request.url()));
page.on("response", (response) => response.status() >= 400 && seen.failed.push(`${response.status()} ${response.url()}`));
// Nothing may be asked of anybody else.
const here = new URL(url).host;
await page.route(
  (asked) => asked.host !== here && !["data:", "blob:"].includes(asked.protocol),
  (route) => {
    seen.elsewhere.push(route.request().url());
    return route.abort();
  },
);
page.on("websocket", (socket) => {
  const number = seen.sockets.push(socket.url());
  socket.on("framesent", ({ payload }) => {
    seen.sent += 1;
    call(payload);
  });
  socket.on("framereceived", ({ payload }) => {
    seen.received += 1;
    seen.received_bytes += payload.length;
    answer(number, payload);
  });
  socket.on("close", () => (seen.closed += 1));
});

const say = (line) => fs.writeSync(1, JSON.stringify({ ...line, ms: Date.now() - started }) + "\n");
const drawn = () => page.evaluate(() => globalThis.drawn);

/** Waits until a condition holds, for --timeout at most. */
async function until(what, condition) {
  const end = Date.now() + 1000 * Number(opt.timeout);
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}: ${JSON.stringify({ ...seen, open: [...open], waiting })}`);
    }
    await pause(30);
  }
}

/** Waits until the page shows what it was told to, `before` draws ago, and takes a picture. */
async function picture(number, before) {
  let last;
  await until(`picture ${number}`, async () => {
    const quiet = async () => open.size === 0 && waiting === 0 && (await drawn()) > before;
    if (!(await quiet())) return void (last = undefined);
    const [count, now] = [await drawn(), await page.screenshot()];
    const same = last && last.count === count && last.now.equals(now) && (await quiet());
    last = { count, now };
    return same;
  });
  if (opt.pictures) {
    fs.mkdirSync(opt.pictures, { recursive: true });
    fs.writeFileSync(path.join(opt.pictures, `${number}.png`), last.now);
  }
  return last.count;
}

let failed = false;
try {
  await page.goto(url);
  // The view fills the window, as the server's own picture does: no margin.
  await page.addStyleTag({ content: "body { margin: 0; overflow: hidden }" });
  await until("a scene", () => seen.calls["vtklocal.get.status"] > 0);
  let draws = await picture(0, 0);
  let notices = seen.notices;
  say({ drawn: draws, ...seen });
  for (let update = 1; update <= Number(opt.updates); update += 1) {
    await until(`update ${update}`, () => seen.notices > notices);
    notices += 1;
    draws = await picture(update, draws);
    say({ update, drawn: draws, calls: seen.calls });
  }
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  await context.close(); // writes the HAR
  await browser.close();
}
say({ end: true, ...seen });
process.exit(failed ? 1 : 0);
