#!/usr/bin/env python3
"""Write one scene in every on-disk form the real libraries know.

    export_scene.py SCENE DIR [--size N]

DIR gets
    scene.wazex          trame_vtklocal.utils.exporter.to_wazex (zip), or the same written here where
                         trame_vtklocal is too old to have it
    scene.states.json    vtkObjectManager.Export
    scene.blobs.json     vtkObjectManager.Export
    scene.bytes          vtkObjectManager.ExportToBytes (CBOR map {Blobs, States}), VTK 9.6 and later
    scene.json           LocalView.export(format="json") of trame_vtklocal
    scene.index.zip      LocalView.export(format="zip")
    scene.html           trame_vtklocal.utils.exporter.to_html, around a bundle that is none
    states/ID.json       GetState, verbatim
    blobs/HASH           GetBlob, verbatim
    manifest.json        {"vtk":..., "ids":[roots], "status": {root: {...}}, "sha256": {...}}
    render.ROOT.png      the live window's own picture (ground truth for verify_snapshot.py)
"""

import argparse
import hashlib
import json
import sys
import warnings
import zipfile
from pathlib import Path

# to_wazex writes a blob once per array that refers to it: real .wazex files
# hold duplicate zip entries, and Python's zipfile warns once for each
warnings.filterwarnings("ignore", message="Duplicate name")


def status_of(om, root):
    """What vtklocal.get.status answers, minus camera bookkeeping."""
    ids = sorted(om.GetAllDependencies(root))
    return {
        "ids": [[i, om.GetObjectAtId(i).GetMTime()] for i in ids],
        "hashes": list(om.GetBlobHashes(ids)),
    }


def picture(window, path):
    from vtkmodules.vtkIOImage import vtkPNGWriter
    from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

    grab = vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.Update()
    writer = vtkPNGWriter()
    writer.SetFileName(str(path))
    writer.SetInputData(grab.GetOutput())
    writer.Write()


def plain_wazex(object_manager, root_ids, output):
    """What to_wazex does, for a trame_vtklocal that has none."""
    from vtkmodules.vtkCommonCore import vtkVersion

    ids = set()
    for root in root_ids:
        ids.update(object_manager.GetAllDependencies(root))
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as z:
        meta = {"vtk": vtkVersion().GetVTKVersion(), "ids": root_ids}
        z.writestr("vtk-wasm.json", json.dumps(meta))
        for i in sorted(ids):
            z.writestr(f"states/{i}", object_manager.GetState(i))
        for h in sorted(set(object_manager.GetBlobHashes(sorted(ids)))):
            z.writestr(f"blobs/{h}", bytes(memoryview(object_manager.GetBlob(h))))


def trame_forms(om, roots, directory):
    """What only trame_vtklocal writes; an old one writes less."""
    import os
    import tempfile
    from types import SimpleNamespace

    try:
        from trame_vtklocal.utils import exporter
        from trame_vtklocal.widgets.vtklocal import LocalView
    except ImportError:
        return
    with tempfile.TemporaryDirectory() as scratch:
        view = SimpleNamespace(object_manager=om, api=SimpleNamespace(_debug_state_counter=0))
        # `export` puts two files into the current folder and removes them again.
        before, directory = Path.cwd(), directory.resolve()
        os.chdir(scratch)
        (directory / "scene.json").write_bytes(LocalView.export(view, format="json"))
        (directory / "scene.index.zip").write_bytes(LocalView.export(view, format="zip"))
        os.chdir(before)
        if "VTK_WASM_DIR_OVERRIDE" not in os.environ:
            # The exporter wants a bundle to put into the page; what it is, no reader of the scene sees.
            bundle = Path(scratch) / "bundle"
            bundle.mkdir()
            (bundle / "vtkWebAssembly.wasm").write_bytes(bytes(range(256)) * 4096)
            (bundle / "vtkWebAssembly.mjs").write_text("const dataBase64Like = 1;")
            os.environ["VTK_WASM_DIR_OVERRIDE"] = str(bundle)
        # It copies the bundle to where servers serve it from, and tells on stdout what it takes.
        exporter.SERVE_PATH = Path(scratch) / "serve"
        stdout, sys.stdout = sys.stdout, sys.stderr
        try:
            exporter.to_html(object_manager=om, root_ids=list(roots), output=directory / "scene.html")
        finally:
            sys.stdout = stdout


def export_all(om, roots, directory):
    try:
        from trame_vtklocal.utils.exporter import to_wazex
    except ImportError:
        to_wazex = plain_wazex
    from vtkmodules.vtkCommonCore import vtkVersion

    d = Path(directory)
    (d / "states").mkdir(parents=True, exist_ok=True)
    (d / "blobs").mkdir(exist_ok=True)
    to_wazex(object_manager=om, root_ids=list(roots), output=d / "scene.wazex")
    om.Export(str(d / "scene"))
    if hasattr(om, "ExportToBytes"):
        (d / "scene.bytes").write_bytes(bytes(memoryview(om.ExportToBytes())))
    ids = set()
    for r in roots:
        ids.update(om.GetAllDependencies(r))
    hashes = sorted(set(om.GetBlobHashes(sorted(ids))))
    sha = {}
    for i in ids:
        (d / "states" / f"{i}.json").write_text(om.GetState(i), encoding="utf-8")
    total = 0
    for h in hashes:
        data = bytes(memoryview(om.GetBlob(h)))
        total += len(data)
        sha[h] = hashlib.sha256(data).hexdigest()
        (d / "blobs" / h).write_bytes(data)
    for r in roots:
        picture(om.GetObjectAtId(r), d / f"render.{r}.png")
    manifest = {
        "vtk": vtkVersion().GetVTKVersion(),
        "ids": list(roots),
        "status": {str(r): status_of(om, r) for r in roots},
        "sha256": sha,
    }
    (d / "manifest.json").write_text(json.dumps(manifest))
    return {"states": len(ids), "blobs": len(hashes), "blob_bytes": total}


def main():
    import scenes
    from vtkmodules.vtkSerializationManager import vtkObjectManager

    ap = argparse.ArgumentParser()
    ap.add_argument("scene")
    ap.add_argument("dir")
    ap.add_argument("--size", type=int)
    a = ap.parse_args()
    windows, _ = scenes.build(a.scene, a.size)
    om = vtkObjectManager()
    om.Initialize()
    roots = []
    for _ref, w in windows:
        roots.append(om.RegisterObject(w))
        w.Render()
    om.UpdateStatesFromObjects()
    written = export_all(om, roots, a.dir)
    # Not by servers: trame_vtklocal copies the bundle into a folder that all processes share.
    trame_forms(om, roots, Path(a.dir))
    print(json.dumps(written), file=sys.stdout)


if __name__ == "__main__":
    main()
