#!/usr/bin/env python3
"""Does a picture need some arrays? Load a snapshot into real VTK, draw it, spoil the arrays' values, draw again.

    spoil_arrays.py SNAPSHOT ID...

Prints one JSON line: {"difference": mean grey levels, "spoiled": how many arrays there were, "problems": [...]}.
"""

import json
import os
import sys

from verify_snapshot import deserialize, np, render
from vtkmodules.vtkCommonDataModel import vtkDataObject


def main():
    problems = []
    manager, states, _blobs, roots = deserialize(sys.argv[1], problems)
    before = [pixels for _image, pixels in render(manager, roots, None)]
    arrays = [manager.GetObjectAtId(int(i)) for i in sys.argv[2:]]
    for array in arrays:
        for component in range(array.GetNumberOfComponents()):
            array.FillComponent(component, 0.123)
        array.Modified()
    for data in map(manager.GetObjectAtId, states):
        if isinstance(data, vtkDataObject):
            data.Modified()
    after = [pixels for _image, pixels in render(manager, roots, None)]
    difference = max(float(np.abs(a.astype(int) - b).mean()) for a, b in zip(before, after))
    print(json.dumps({"difference": difference, "spoiled": len(arrays), "problems": problems}))
    sys.stdout.flush()
    os._exit(0)  # VTK's teardown order can crash Python


if __name__ == "__main__":
    main()
