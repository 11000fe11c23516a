#!/usr/bin/env python3
"""The bounds of what a GLB file shows, as trimesh reads it: `[[min], [max]]`, rounded."""

import json
import sys

import numpy as np
import trimesh

meshes = trimesh.load_scene(sys.argv[1]).to_geometry()
print(json.dumps(np.round(meshes.bounds, 4).tolist()))
