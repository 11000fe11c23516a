#!/usr/bin/env python3
"""Compares two pictures (PNG) of the same size.

    pictures.py A B

Prints one JSON line: the size, how many colours each has, and how much they differ, of 255: on average over all
pixels, and how many of 1000 pixels by more than 64.
"""

import json
import sys

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOImage import vtkPNGReader


def read(path):
    reader = vtkPNGReader()
    reader.SetFileName(path)
    reader.Update()
    image = reader.GetOutput()
    width, height, _ = image.GetDimensions()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[:, :, :3].astype(int)


a, b = map(read, sys.argv[1:3])
if a.shape != b.shape:
    sys.exit(f"the sizes differ: {a.shape} and {b.shape}")
apart = np.abs(a - b)
print(json.dumps({
    "size": [a.shape[1], a.shape[0]],
    "colours": [len(np.unique(x.reshape(-1, 3), axis=0)) for x in (a, b)],
    "mean": float(apart.mean()),
    "far": float((apart.max(axis=2) > 64).mean() * 1000),
}))
