// Shows the scene that scenectl holds, and what becomes of it.
const said = document.getElementById("said");
const told = globalThis.scenectl;

async function show() {
  const about = await (await fetch("about.json")).json();
  document.title = about.title;
  if (!globalThis.vtkWASMViewer) throw new Error("the viewer's script defines no vtkWASMViewer: is it viewer.umd.js?");
  const config = { rendering: "webgl", exec: "sync", urlIsGzip: false };
  const bundle = new URL("wasm", location.href).href;
  const viewer = await vtkWASMViewer.createViewerAsync("#viewer", "scene.wazex", bundle, config);
  said.textContent = "";
  told.state = "shown";
  if (about.live) await follow(viewer.remoting.native, about);
}

// As the real client does: blobs, states, update, render. The camera is the server's.
async function follow(native, { version, root }) {
  const known = new Set();
  for (;;) {
    const answer = await fetch(`changes?since=${version}`);
    if (answer.status === 204) continue;
    if (!answer.ok) throw new Error(`the scene is followed no more: ${answer.status} ${await answer.text()}`);
    const news = await answer.json();
    for (const hash of news.blobs.filter((hash) => !known.has(hash))) {
      const blob = await fetch(`blobs/${encodeURIComponent(hash)}`);
      if (blob.ok) native.registerBlob(hash, new Uint8Array(await blob.arrayBuffer()));
      known.add(hash);
    }
    news.states.forEach((state) => native.registerState(state));
    native.updateObjectsFromStates();
    await native.render(root);
    version = news.version;
    told.version = version;
  }
}

show().catch((error) => {
  told.state = "failed";
  console.error(error);
  said.textContent = String(error?.message ?? error);
});
