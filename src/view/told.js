// What the page tells whoever watches it from outside: `scenectl view --screenshot`. It is loaded before the viewer, so
// that every draw counts.
globalThis.scenectl = { state: "loading", draws: 0, errors: [] };

for (const kind of [globalThis.WebGLRenderingContext, globalThis.WebGL2RenderingContext]) {
  if (!kind) continue;
  for (const name of Object.getOwnPropertyNames(kind.prototype).filter((name) => name.startsWith("draw"))) {
    const { value } = Object.getOwnPropertyDescriptor(kind.prototype, name);
    if (typeof value !== "function") continue;
    kind.prototype[name] = function (...args) {
      globalThis.scenectl.draws += 1;
      return value.apply(this, args);
    };
  }
}

const complain = console.error;
console.error = (...args) => {
  if (globalThis.scenectl.errors.length < 20) globalThis.scenectl.errors.push(args.map(String).join(" ").slice(0, 500));
  complain.apply(console, args);
};
addEventListener("error", (event) => console.error(event.message));
addEventListener("unhandledrejection", (event) => console.error(event.reason));
