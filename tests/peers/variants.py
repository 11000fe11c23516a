#!/usr/bin/env python3
"""Write one small scene and variants of it that differ in one thing each.

    variants.py OUT_DIR [--only NAME ...]

OUT_DIR gets NAME.wazex for each variant (see VARIANTS). Every variant is made
by a process of its own, so that ids and MTimes are those of a fresh process:
`base` and `base_again` have the same states, byte for byte. Nothing is drawn
before the export, but in `rendered`.

VTK 9.6 and 9.7 write the keys of a vtkInformation in an order that follows
addresses, which the length of a command line can change. So all processes get
the same command line, and the name by stdin; another OUT_DIR may give another
order. In the states of VTK 9.6.2 the TableValue of a lookup table that was
never built is whatever was in memory.
"""

import argparse
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
from scenes import _actor, _lut, _window
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR, vtkLogger, vtkVersion
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersSources import (
    vtkConeSource,
    vtkCubeSource,
    vtkCylinderSource,
    vtkPlaneSource,
    vtkTexturedSphereSource,
)
from vtkmodules.vtkRenderingAnnotation import vtkScalarBarActor
from vtkmodules.vtkRenderingCore import vtkTextActor, vtkTexture
from vtkmodules.vtkSerializationManager import vtkObjectManager


class Scene:
    """The base scene: what the variants change is at hand by name.

    `plain` has the sphere, cone and cube only.
    """

    def __init__(self, plain=False):
        self.window, self.renderer, self.interactor = _window("variants")
        ball = vtkTexturedSphereSource()  # with texture coordinates
        ball.SetThetaResolution(8)
        ball.SetPhiResolution(8)
        cone = vtkConeSource()
        cone.SetResolution(6)
        self.sphere = geometry_actor(ball, (-1.5, 0, 0), (0.9, 0.2, 0.2))
        self.cone = geometry_actor(cone, (0, 0, 0), (0.2, 0.9, 0.2))
        self.cube = geometry_actor(vtkCubeSource(), (1.5, 0, 0), (0.2, 0.2, 0.9))

        # point scalars, and a lookup table
        poly = self.cube.GetMapper().GetInput()
        points = vtk_to_numpy(poly.GetPoints().GetData())
        scalars = numpy_to_vtk((points.sum(1) / 3 + 0.5).astype("f4"), deep=True)
        scalars.SetName("height")
        poly.GetPointData().SetScalars(scalars)
        self.lut = _lut(0.0, 1.0)
        self.cube.GetMapper().SetLookupTable(self.lut)
        self.cube.GetMapper().SetScalarRange(0.0, 1.0)
        self.actors = [self.sphere, self.cone, self.cube]
        self.props = [*self.actors] if plain else self._more()
        for prop in self.props:
            self.renderer.AddViewProp(prop)
        self.renderer.ResetCamera()

    def _more(self):
        """A textured plane, a scalar bar with the cube's lookup table, a text."""
        checker = np.indices((8, 8)).sum(0).reshape(-1, 1) % 2 * 255
        rgb = np.repeat(checker, 3, 1).astype("u1")
        array = numpy_to_vtk(rgb, deep=True, array_type=VTK_UNSIGNED_CHAR)
        array.SetName("checker")
        image = vtkImageData()
        image.SetDimensions(8, 8, 1)
        image.GetPointData().SetScalars(array)
        self.texture = vtkTexture()
        self.texture.SetInputDataObject(image)
        self.plane = geometry_actor(vtkPlaneSource(), (0, 1.5, 0), (1, 1, 1))
        self.plane.SetTexture(self.texture)
        self.actors.append(self.plane)
        bar = vtkScalarBarActor()
        bar.SetLookupTable(self.lut)
        bar.SetTitle("height")
        text = vtkTextActor()
        text.SetInput("variants")
        text.SetPosition(10, 10)
        return [*self.actors, bar, text]

    def data(self, name):
        """The vtkPolyData of an actor."""
        return getattr(self, name).GetMapper().GetInput()

    def points(self, name):
        """The coordinates of an actor, as a float32 array to write into."""
        return vtk_to_numpy(self.data(name).GetPoints().GetData())

    def arrange(self, props):
        """Take all props out of the renderer and put `props` in, in this order."""
        self.renderer.RemoveAllViewProps()
        for prop in props:
            self.renderer.AddViewProp(prop)


def geometry_actor(source, position, color):
    """An actor with a copy of what a source makes: no pipeline stays behind it."""
    source.Update()
    poly = vtkPolyData()
    poly.DeepCopy(source.GetOutput())
    actor = _actor(poly)
    actor.SetPosition(*position)
    actor.GetProperty().SetColor(*color)
    return actor


def base(_scene):
    pass


def color(scene):
    scene.cone.GetProperty().SetColor(0.9, 0.9, 0.1)


def insert_first(scene):
    cylinder = vtkCylinderSource()
    cylinder.SetResolution(5)
    actor = geometry_actor(cylinder, (0, -1.5, 0), (0.5, 0.2, 0.5))
    scene.arrange([actor, *scene.props])


def both(scene):
    color(scene)
    insert_first(scene)


def remove(scene):
    scene.renderer.RemoveViewProp(scene.cone)


def move(scene):
    scene.renderer.RemoveViewProp(scene.sphere)
    scene.renderer.AddViewProp(scene.sphere)


def rendered(scene):
    scene.window.Render()


def camera(scene):
    scene.renderer.GetActiveCamera().Azimuth(30)
    scene.renderer.ResetCameraClippingRange()


def points(scene):
    scene.points("cone")[:] += np.float32(1e-3)
    scene.data("cone").GetPoints().Modified()


def points_ulp(scene):
    array = scene.points("cone")
    array[:] = np.nextafter(array, np.float32(np.inf))
    scene.data("cone").GetPoints().Modified()


def int32_ids(scene):
    for actor in scene.actors:
        cells = actor.GetMapper().GetInput().GetPolys()
        if not cells.ConvertTo32BitStorage():
            raise SystemExit("ConvertTo32BitStorage failed")


def reparent(scene):
    scene.plane.SetTexture(None)
    scene.sphere.SetTexture(scene.texture)


VARIANTS = {
    "base": base,
    "base_again": base,  # the same script again
    "color": color,  # of the second actor
    "insert_first": insert_first,  # a cylinder, before all other props
    "both": both,  # color and insert_first
    "remove": remove,  # the second actor
    "move": move,  # the first actor to the end
    "rendered": rendered,  # one Render() before the export
    "camera": camera,  # turned by 30 degrees
    "points": points,  # of one actor, by 1e-3
    "points_ulp": points_ulp,  # of one actor, by one unit in the last place
    "int32_ids": int32_ids,  # cell arrays in 32 bits, with the same values
    "reparent": reparent,  # the texture of the plane is the sphere's
}


def serialize(window):
    """-> (the two manifests, {id: text of the state}, {hash: bytes of the blob})

    Ids that the object manager lists and has no state for are in the second
    manifest, which is there only then.
    """
    manager = vtkObjectManager()
    if not manager.Initialize():
        raise SystemExit("vtkObjectManager.Initialize failed")
    root = manager.RegisterObject(window)
    manager.UpdateStatesFromObjects()
    ids = sorted(manager.GetAllDependencies(root))
    states = {i: manager.GetState(i) for i in ids}
    missing = [i for i, text in states.items() if text in ("", "null")]
    states = {i: text for i, text in states.items() if i not in missing}
    blobs = {
        name: bytes(memoryview(manager.GetBlob(name)))
        for name in sorted(set(manager.GetBlobHashes(ids)))
    }
    kitware = {"vtk": vtkVersion().GetVTKVersion(), "ids": [root]}
    manifests = {"vtk-wasm.json": json.dumps(kitware)}
    if missing:
        ours = {
            "version": 1,
            "dialect": "vtklocal",
            "roots": [{"id": root, "name": None}],
            "without_state": missing,
        }
        text = json.dumps(ours, separators=(",", ":")) + "\n"
        manifests["scenectl.json"] = text
    return manifests, states, blobs


def write_wazex(path, manifests, states, blobs):
    """A zip like to_wazex's, with each blob once and without times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:

        def put(name, data):
            entry = zipfile.ZipInfo(name)  # 1980-01-01
            entry.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(entry, data)

        for name, text in manifests.items():
            put(name, text)
        for i, text in sorted(states.items()):
            put(f"states/{i}", text)
        for name, data in sorted(blobs.items()):
            put(f"blobs/{name}", data)


def write_variant(name, path):
    scene = Scene()
    VARIANTS[name](scene)
    write_wazex(path, *serialize(scene.window))


def run_each(names, write):
    """The command line of this script: `write(name, path)`, a process for each."""
    ap = argparse.ArgumentParser()
    ap.add_argument("out_dir")
    ap.add_argument("--only", nargs="+", choices=names, metavar="NAME")
    ap.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    a = ap.parse_args()
    out = Path(a.out_dir)
    out.mkdir(parents=True, exist_ok=True)
    if a.here:
        vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
        name = sys.stdin.read()
        write(name, out / f"{name}.wazex")
        return 0
    failed = 0
    for name in a.only or names:
        command = [sys.executable, sys.argv[0], a.out_dir, "--here"]
        status = subprocess.run(command, input=name, text=True).returncode
        if status:
            print(f"{name}: not written (status {status})", file=sys.stderr)
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(1 if run_each(list(VARIANTS), write_variant) else 0)
