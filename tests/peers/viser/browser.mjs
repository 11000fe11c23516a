// viser's own web client in a real browser: headless Chromium, drawing in software.
//
//   npm install            (package-browser.json as package.json beside this file)
//   node browser.mjs PAGE [--websocket URL] [...]           the page of a server
//   node browser.mjs --client-dir DIR --websocket URL       the page in DIR, which this script serves
//   node browser.mjs --client-dir DIR --playback FILE.viser the same with a recording
//        [--gui] [--picture FILE.png] [--wait S] [--nodes N] [--size WxH] [--timeout S] [--chromium PROGRAM]
//
// Prints one JSON line when the scene is there (after S more seconds with --wait) and ends:
//   nodes       the scene tree: by name, what the page shows there, where, and with what (arrays with their SHA-256)
//   environment, camera, theme, label      what else the page was told
//   gui         with --gui: the elements in order, and `text`, the lines that can be read in the panel
//   websocket   state, URLs, and what passed; errors, warnings, failed, elsewhere: what went wrong
//
// A scene is there when something has come for it, nothing waits to be handled, it has at least N nodes (--nodes), and
// the tree with its objects (without poses: scenes may move) and the GUI have stayed the same for half a second.

import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: opt, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    websocket: { type: "string" },
    "client-dir": { type: "string" },
    playback: { type: "string" },
    gui: { type: "boolean", default: false },
    picture: { type: "string" },
    wait: { type: "string", default: "0" },
    nodes: { type: "string", default: "0" },
    size: { type: "string", default: "400x300" },
    timeout: { type: "string", default: "90" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
if ((positionals.length === 1) === Boolean(opt["client-dir"])) {
  console.error("usage: browser.mjs (PAGE | --client-dir DIR) [--websocket URL | --playback FILE.viser] [...]");
  process.exit(2);
}
const started = Date.now();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// -- the page -----------------------------------------------------------------------------------------------------

/** Serves the client's page and the recording on a port of its own. */
async function host() {
  const files = { "/": path.join(opt["client-dir"], "index.html"), "/recording.viser": opt.playback };
  const server = http.createServer((request, response) => {
    const file = files[new URL(request.url, "http://host").pathname];
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": file.endsWith(".html") ? "text/html" : "application/octet-stream" });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/`;
}

const url = new URL(positionals[0] ?? (await host()));
if (opt.websocket) url.searchParams.set("websocket", opt.websocket);
if (opt.playback) url.searchParams.set("playbackPath", new URL("recording.viser", url).href);
const allowed = new Set([url.host]);
if (opt.websocket) allowed.add(new URL(opt.websocket).host);

const browser = await chromium.launch({
  executablePath: opt.chromium,
  headless: true,
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"],
});
const [width, height] = opt.size.split("x").map(Number);
const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
const page = await context.newPage();

const websocket = { urls: [], opened: 0, closed: 0, sent: 0, received: 0, received_bytes: 0 };
const trouble = { errors: {}, warnings: {}, failed: [], elsewhere: [] };
function wrong(where, text) {
  const what = text.slice(0, 200);
  where[what] = (where[what] ?? 0) + 1;
}
page.on("console", (message) => {
  const where = { error: trouble.errors, warning: trouble.warnings }[message.type()];
  if (where) wrong(where, message.text());
});
page.on("pageerror", (error) => wrong(trouble.errors, String(error)));
page.on("requestfailed", (request) => trouble.failed.push(request.url()));
page.on("response", (answer) => answer.status() >= 400 && trouble.failed.push(`${answer.status()} ${answer.url()}`));
// Nothing may be asked of anybody else.
await page.route(
  (asked) => !allowed.has(asked.host) && !["data:", "blob:"].includes(asked.protocol),
  (route) => {
    trouble.elsewhere.push(route.request().url());
    return route.abort();
  },
);
page.on("websocket", (socket) => {
  websocket.opened += 1;
  if (!websocket.urls.includes(socket.url())) websocket.urls.push(socket.url());
  socket.on("framesent", () => (websocket.sent += 1));
  socket.on("framereceived", ({ payload }) => {
    websocket.received += 1;
    websocket.received_bytes += payload.length;
  });
  socket.on("close", () => (websocket.closed += 1));
});

// -- what it shows ------------------------------------------------------------------------------------------------

// Runs in the page. The client puts its scene tree and its three.js objects on `window`, for tests like this one;
// the rest is in the context that React hands down from the root.
await page.addInitScript(() => {
  const round = (value) => (Number.isFinite(value) ? Math.round(value * 1e5) / 1e5 + 0 : String(value));
  const rounded = (values) => values && Array.from(values, round);
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

  let found;
  function viewer() {
    if (found) return found;
    const root = [...document.querySelectorAll("*")].find((one) =>
      Object.keys(one).some((key) => key.startsWith("__reactContainer$")),
    );
    const open = root ? [root[Object.keys(root).find((key) => key.startsWith("__reactContainer$"))]] : [];
    while (open.length > 0) {
      const fiber = open.pop();
      const value = fiber.memoizedProps?.value;
      if (value?.useSceneTree && value.useGui) return (found = value);
      if (fiber.sibling) open.push(fiber.sibling);
      if (fiber.child) open.push(fiber.child);
    }
    return undefined;
  }

  /** The same with arrays as what they are and their hash, and without what only this process knows. */
  async function plain(value) {
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      // Only pages that the browser trusts can hash: those of this machine are.
      const digest = globalThis.crypto.subtle && hex(await crypto.subtle.digest("SHA-256", bytes));
      return { array: value.constructor.name, bytes: value.byteLength, sha256: digest };
    }
    if (Array.isArray(value)) return Promise.all(value.map(plain));
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (value === null || typeof value !== "object") return value;
    const pairs = Object.keys(value).sort().map(async (key) => [key, await plain(value[key])]);
    return Object.fromEntries(await Promise.all(pairs));
  }

  /** Kinds of three.js objects that belong to a node and not to its children. */
  function kinds(object, others) {
    const counts = {};
    const open = [object];
    while (open.length > 0) {
      const one = open.pop();
      counts[one.type] = (counts[one.type] ?? 0) + 1;
      open.push(...one.children.filter((child) => !others.has(child)));
    }
    return Object.fromEntries(Object.entries(counts).sort());
  }

  /** Where a node is for three.js. Labels have no object of their own: they are drawn where their parent puts them. */
  function world(name, object, pose) {
    const { nodeRefFromName } = globalThis.__viserMutable;
    const parent = nodeRefFromName[name.slice(0, name.lastIndexOf("/"))];
    if (!object && !parent) return null;
    (object ?? parent).updateWorldMatrix(true, false);
    const m = (object ?? parent).matrixWorld.elements;
    const [x, y, z] = object ? [0, 0, 0] : (pose?.position ?? [0, 0, 0]);
    return rounded([12, 13, 14].map((at) => m[at - 12] * x + m[at - 8] * y + m[at - 4] * z + m[at]));
  }

  function elements() {
    const shown = viewer();
    if (!shown) return undefined;
    const { guiUuidSetFromContainerUuid: inside, guiOrderFromUuid: order } = shown.useGui.get();
    const list = (container) =>
      Object.keys(inside[container] ?? {})
        .sort((a, b) => order[a] - order[b])
        .flatMap((uuid) => {
          const { type, value, props = {}, container_uuid } = shown.useGuiConfig.get(uuid) ?? {};
          const one = { uuid, type, label: props.label ?? null, value, visible: props.visible ?? true, in: container_uuid };
          const within = props._tab_container_ids ?? [uuid];
          return [one, ...within.flatMap(list)];
        });
    return list("root");
  }

  globalThis.scenectl = {
    /** What must stay the same before the scene counts as there; undefined before anything is. */
    settled() {
      const tree = globalThis.__viserSceneTree?.getState();
      const mutable = globalThis.__viserMutable;
      if (!tree || !mutable || mutable.messageQueue.length > 0) return undefined;
      const nodes = Object.entries(tree).filter(([, node]) => node);
      const told = nodes.map(([name, node]) => [name, node.message.type, node.message.owner, node.children.length,
        node.effectiveVisibility, node.shadowed?.message.type, Boolean(mutable.nodeRefFromName[name])]);
      return JSON.stringify([nodes.length, told, elements()?.map((one) => [one.uuid, one.type])]);
    },

    async scene(withGui) {
      const mutable = globalThis.__viserMutable;
      const tree = globalThis.__viserSceneTree.getState();
      const objects = new Set(Object.values(mutable.nodeRefFromName));
      const nodes = {};
      for (const name of Object.keys(tree).sort()) {
        const node = tree[name];
        const object = mutable.nodeRefFromName[name];
        const pose = mutable.nodePoseData[name];
        nodes[name || "/"] = {
          type: node.message.type,
          owner: node.message.owner ?? "",
          virtual: node.message.virtual ?? false,
          props: await plain(node.message.props),
          children: [...node.children].sort(),
          visible: node.visibility ?? true,
          effectively_visible: node.effectiveVisibility ?? true,
          wxyz: rounded(pose?.wxyz ?? node.wxyz ?? [1, 0, 0, 0]),
          position: rounded(pose?.position ?? node.position ?? [0, 0, 0]),
          world: world(name, object, pose),
          objects: object ? kinds(object, objects) : null,
          clicks: await plain(node.clickBindings ?? []),
          drags: await plain(node.dragBindings ?? []),
          shadowed: node.shadowed
            ? { type: node.shadowed.message.type, owner: node.shadowed.message.owner ?? "" }
            : undefined,
        };
      }
      const shown = viewer();
      const { theme, label, websocketState } = shown?.useGui.get() ?? {};
      const { position, fov, near, far } = mutable.camera ?? {};
      const panel = () => document.body.innerText.split("\n").map((line) => line.trim()).filter(Boolean);
      return {
        nodes,
        environment: await plain(shown?.useEnvironment.get() ?? null),
        theme: await plain(theme ?? null),
        label,
        state: websocketState,
        camera: { position: position ? rounded(position.toArray()) : null, fov: round(fov), near, far },
        gui: withGui ? (await plain(elements())) ?? null : undefined,
        text: withGui ? panel() : undefined,
      };
    },
  };
});

/** Waits until the scene stays the same for half a second. */
async function settle() {
  const end = Date.now() + 1000 * Number(opt.timeout);
  let [last, since] = [undefined, Date.now()];
  while (Date.now() < end) {
    const now = await page.evaluate(() => globalThis.scenectl.settled());
    const nodes = now === undefined ? 0 : JSON.parse(now)[0];
    // A page without a scene has two nodes.
    const come = nodes >= Number(opt.nodes) && (opt.playback ? nodes > 2 : websocket.received > 0);
    if (!come || now !== last) {
      [last, since] = [now, Date.now()];
    } else if (Date.now() - since > 500) {
      return;
    }
    await pause(50);
  }
  throw new Error(`waited in vain for a scene: ${JSON.stringify({ websocket, ...trouble, last })}`);
}

let failed = false;
try {
  await page.goto(url.href);
  await settle();
  await pause(1000 * Number(opt.wait));
  const { state, ...scene } = await page.evaluate((gui) => globalThis.scenectl.scene(gui), opt.gui);
  if (opt.picture) fs.writeFileSync(opt.picture, await page.screenshot({ timeout: 1000 * Number(opt.timeout) }));
  const line = { ...scene, websocket: { state, ...websocket }, ...trouble, ms: Date.now() - started };
  fs.writeSync(1, JSON.stringify(line) + "\n");
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
