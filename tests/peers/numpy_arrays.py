#!/usr/bin/env python3
"""Does scenectl read arrays as NumPy does? Real VTK makes arrays of every type, scenectl prints them, NumPy compares.

    numpy_arrays.py SCENECTL DIR

Prints one JSON line: {"arrays": how many, "compared": how many comparisons, "problems": [...]}.
"""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkBitArray, vtkStringArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkSerializationManager import vtkObjectManager

TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
SLICES = ["[3]", "[-1]", "[2:5]", "[:4]", "[-3:]", "[::2]", "[5:1:-2]", "[::-1]", "[4:2]", "[0:1000]"]


def sample(kind, rows, components):
    random = np.random.default_rng([rows, components, *kind.encode()])
    if kind[0] == "f":
        values = random.standard_normal((rows, components)) * 10.0 ** random.integers(-6, 6, (rows, components))
        values[1, 0], values[2, -1], values[3, 0] = np.nan, np.inf, -np.inf
    else:
        info = np.iinfo(kind)
        values = random.integers(info.min, info.max, (rows, components), dtype=kind, endpoint=True)
    values = values.astype(kind)
    return values[:, 0].copy() if components == 1 else values


def scene(folder):
    """A snapshot, and what is in its arrays: {name: array}."""
    data, wanted = vtkPolyData(), {}
    for kind in TYPES:
        for components in (1, 2, 3, 4, 9, 17):
            name = f"{kind} {components}"
            wanted[name] = sample(kind, 40, components)
            array = numpy_to_vtk(wanted[name], deep=True)
            array.SetName(name)
            data.GetFieldData().AddArray(array)
    for components in (1, 3):
        bits = vtkBitArray()
        bits.SetName(f"bits {components}")
        bits.SetNumberOfComponents(components)
        bits.SetNumberOfTuples(19)
        wanted[bits.GetName()] = values = np.random.default_rng(components).integers(0, 2, (19, components), dtype="u1")
        for k, value in enumerate(values.ravel()):
            bits.SetValue(k, int(value))
        if components == 1:
            wanted[bits.GetName()] = values[:, 0]
        data.GetFieldData().AddArray(bits)
    empty = numpy_to_vtk(np.zeros((0, 3), "f4"), deep=True)
    empty.SetName("empty")
    wanted["empty"] = np.zeros((0, 3), "f4")
    data.GetFieldData().AddArray(empty)
    texts = vtkStringArray()
    texts.SetName("texts")
    texts.InsertNextValue("one")
    data.GetFieldData().AddArray(texts)
    manager = vtkObjectManager()
    manager.Initialize()
    root = manager.RegisterObject(data)
    manager.UpdateStatesFromObjects()
    ids = manager.GetAllDependencies(0)
    (folder / "states").mkdir(parents=True)
    (folder / "blobs").mkdir()
    names = {}
    for number in ids:
        text = manager.GetState(number)
        (folder / "states" / str(number)).write_text(text)
        names[json.loads(text).get("Name")] = number
    for name in manager.GetBlobHashes(list(ids)):
        (folder / "blobs" / name).write_bytes(bytes(memoryview(manager.GetBlob(name))))
    (folder / "vtk-wasm.json").write_text(json.dumps({"vtk": "9.7.2", "ids": [root]}))
    return names, wanted


def same(found, wanted):
    return (
        found.dtype == wanted.dtype
        and found.shape == wanted.shape
        and np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f")
    )


def main():
    scenectl, folder = sys.argv[1], Path(sys.argv[2]) / "scene"
    names, wanted = scene(folder)
    problems, compared = [], 0

    def get(*args):
        done = subprocess.run([scenectl, "get", str(folder), *args], capture_output=True)
        if done.returncode:
            problems.append(f"{args}: code {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def check(good, what):
        nonlocal compared
        compared += 1
        if not good:
            problems.append(what)

    for name, values in wanted.items():
        number = str(names[name])
        check(same(np.load(io.BytesIO(get(number, "--npy"))), values), f"{name} --npy")
        if not name.startswith("bits"):
            check(get(number, "--raw") == values.tobytes(), f"{name} --raw")
        lines = get(number, "--csv").decode().splitlines()
        columns = [name] if values.ndim == 1 else [f"{name}:{k}" for k in range(values.shape[1])]
        text = np.array([[values.dtype.type(x) for x in line.split(",")] for line in lines[1:]], values.dtype)
        check(lines[0].split(",") == columns and same(text.reshape(values.shape), values), f"{name} --csv")
        for part in SLICES if len(values) else ["[:]", "[::-1]"]:
            picked = np.array(eval("values" + part))
            check(same(np.load(io.BytesIO(get(number, part, "--npy"))), picked), f"{name}{part} --npy")
            if part in ("[3]", "[5:1:-2]", "[4:2]"):
                found = json.loads(get(number, part))
                listed = np.where(np.isfinite(picked), picked, None) if picked.dtype.kind == "f" else picked
                printed = np.array(found, object) if found != [] else np.zeros(0)
                good = printed.shape == picked.shape if picked.size else found == []
                good = good and all(
                    (a is None) == (b is None) and (a is None or picked.dtype.type(a) == b)
                    for a, b in zip(printed.ravel(), listed.ravel())
                )
                check(good, f"{name}{part}: {found}")
        said = json.loads(get(number, "--json"))["array"]
        check([said["tuples"], said["components"]] == [len(values), 1 if values.ndim == 1 else values.shape[1]], name)
        if not len(values):
            check(said["min"] == [None] * 3 and said["nan"] == 0 and said["first"] == [], f"{name}: {said}")
            continue
        table = values.reshape(len(values), -1)
        table = table.reshape(-1, 1) if table.shape[1] > 16 else table
        finite = [column[np.isfinite(column)] for column in table.T]
        kind = values.dtype.type
        check([kind(x) for x in said["min"]] == [column.min() for column in finite], f"{name} min {said['min']}")
        check([kind(x) for x in said["max"]] == [column.max() for column in finite], f"{name} max {said['max']}")
        means = [column.mean(dtype="f8") for column in finite]
        check(np.allclose(said["mean"], means, rtol=1e-9), f"{name} mean {said['mean']}")
        check(said["nan"] == int(np.isnan(values).sum()), f"{name} nan")
        check(said["infinite"] == int(np.isinf(values).sum()), f"{name} infinite")
        if values.dtype.kind == "f" and values.ndim == 2 and values.shape[1] in (2, 3):
            lengths = np.linalg.norm(values.astype("f8"), axis=1)
            lengths = lengths[np.isfinite(lengths)]
            check(np.allclose(said["length"], [lengths.min(), lengths.max()], rtol=1e-12), f"{name} {said['length']}")
        else:
            check(said["length"] is None, f"{name} has lengths")
    state = json.loads(get(str(names["texts"]), "Values[-1:]"))
    check(state == ["one"], f"texts: {state}")
    print(json.dumps({"arrays": len(wanted), "compared": compared, "problems": problems}))


if __name__ == "__main__":
    main()
