#!/usr/bin/env python3
"""Write small scenes that are broken in one way each.

    broken.py OUT_DIR [--only NAME ...]

OUT_DIR gets NAME.wazex for each scene (see SCENES and DAMAGE), and healthy.wazex
which is the same scene with nothing wrong: a sphere, a cone and a cube with
scalars (variants.py). As there, every scene is made by a process of its own,
and nothing is drawn before the export. What the installed VTK cannot make is
told on stderr and left out.
"""

import json
import sys

import numpy as np
from variants import Scene, geometry_actor, run_each, serialize, write_wazex
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import (
    VTK_TETRA,
    vtkPolyData,
    vtkUnstructuredGrid,
)
from vtkmodules.vtkFiltersSources import vtkCylinderSource
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkAssembly,
    vtkBillboardTextActor3D,
    vtkDataSetMapper,
    vtkPolyDataMapper,
)
from vtkmodules.vtkRenderingLOD import vtkLODActor


def healthy(_scene):
    pass


def assembly(scene):
    whole = vtkAssembly()
    part = vtkCylinderSource()
    part.SetResolution(5)
    whole.AddPart(geometry_actor(part, (0, -1.5, 0), (0.5, 0.2, 0.5)))
    scene.arrange([scene.sphere, whole, scene.cone, scene.cube])


def billboard(scene):
    text = vtkBillboardTextActor3D()
    text.SetInput("billboard")
    text.SetPosition(0, 1.5, 0)
    scene.renderer.AddViewProp(text)


def dataset_mapper(scene):
    points = vtkPoints()
    for xyz in ((0, 1, 0), (1, 1, 0), (0, 2, 0), (0, 1, 1)):
        points.InsertNextPoint(*xyz)
    grid = vtkUnstructuredGrid()
    grid.SetPoints(points)
    grid.InsertNextCell(VTK_TETRA, 4, (0, 1, 2, 3))
    mapper = vtkDataSetMapper()
    mapper.SetInputData(grid)
    actor = vtkActor()
    actor.SetMapper(mapper)
    scene.renderer.AddActor(actor)


def bad_clipping(scene):
    scene.renderer.GetActiveCamera().SetClippingRange(1000, 2000)


def outside_view(scene):
    camera = scene.renderer.GetActiveCamera()
    eye, focus = np.array(camera.GetPosition()), np.array(camera.GetFocalPoint())
    camera.SetFocalPoint(*(2 * eye - focus))


def invisible(scene):
    for prop in scene.props:
        prop.SetVisibility(0)


def transparent(scene):
    for actor in scene.actors:
        actor.GetProperty().SetOpacity(0)


def no_mapper(scene):
    scene.cone.SetMapper(None)


def no_input(scene):
    scene.cone.SetMapper(vtkPolyDataMapper())


def empty_input(scene):
    scene.cone.GetMapper().SetInputData(vtkPolyData())


def nan_points(scene):
    points = scene.points("cone")
    points[0, 0] = np.nan
    points[1, 2] = np.inf
    scene.data("cone").GetPoints().Modified()


def bad_index(scene):
    """A cell of the cone refers to a point that is not there."""
    cells = scene.data("cone").GetPolys()
    array = cells.GetConnectivityArray()
    vtk_to_numpy(array)[-1] = 1000
    array.Modified()
    cells.Modified()


def constant_range(scene):
    scene.cube.GetMapper().SetScalarRange(1, 1)


def far_range(scene):
    scene.cube.GetMapper().SetScalarRange(1000, 2000)


def lod_actor(scene):
    """The class is in no VTK.wasm bundle."""
    actor = vtkLODActor()
    actor.SetMapper(scene.cone.GetMapper())
    scene.renderer.RemoveViewProp(scene.cone)
    scene.renderer.AddViewProp(actor)


# What is wrong in VTK already.
SCENES = (
    healthy,
    assembly,  # cannot be serialised: a hole among the props
    billboard,  # the same
    dataset_mapper,  # of an unstructured grid, never drawn: ids without state
    bad_clipping,  # all is in front of the clipping range
    outside_view,  # the camera looks the other way
    invisible,  # Visibility 0, all props
    transparent,  # Opacity 0, all props
    no_mapper,
    no_input,  # a mapper without
    empty_input,  # vtkPolyData without points
    nan_points,  # a NaN and an infinity
    bad_index,  # a point id beyond the number of points
    constant_range,  # ScalarRange [1, 1] where the scalars have more values
    far_range,  # ScalarRange [1000, 2000] where the scalars are in 0..1
    lod_actor,
)


def points_of_cone(states):
    """Hash of the points of the second actor."""
    actors = [s for s in map(json.loads, states.values()) if "Actor" in s["ClassName"]]
    node = sorted(actors, key=lambda s: s["Id"])[1]
    for step in ("Mapper", "InputDataObjects", "Points", "Data"):
        value = node[step]
        while isinstance(value, list):
            value = value[0]
        node = json.loads(states[value["Id"]])
    return node["Hash"]


def deleted_blob(states, blobs):
    del blobs[points_of_cone(states)]


def flipped_byte(states, blobs):
    name = points_of_cone(states)
    data = bytearray(blobs[name])
    data[len(data) // 2] ^= 0x10
    blobs[name] = bytes(data)


def short_blob(states, blobs):
    name = points_of_cone(states)
    blobs[name] = blobs[name][: len(blobs[name]) // 2]


def deleted_state(states, _blobs):
    """The mapper of the second actor."""
    mappers = [
        i for i, text in states.items()
        if "vtkPolyDataMapper" in json.loads(text)["SuperClassNames"]
    ]
    del states[sorted(mappers)[1]]


# What is done to the states and blobs of the healthy scene.
DAMAGE = (deleted_blob, flipped_byte, short_blob, deleted_state)


def write_broken(name, path):
    scene = Scene(plain=True)
    change = {f.__name__: f for f in SCENES + DAMAGE}[name]
    if change in SCENES:
        change(scene)
    manifests, states, blobs = serialize(scene.window)
    if change is lod_actor and '"vtkLODActor"' not in "".join(states.values()):
        raise SystemExit("lod_actor: this VTK does not serialise it")
    if change is dataset_mapper and "scenectl.json" not in manifests:
        raise SystemExit("dataset_mapper: this VTK has no id without a state here")
    if change in DAMAGE:
        change(states, blobs)
    write_wazex(path, manifests, states, blobs)


if __name__ == "__main__":
    # a scene that could not be made is no failure: others are there
    run_each([f.__name__ for f in SCENES + DAMAGE], write_broken)
