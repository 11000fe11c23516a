#!/usr/bin/env python3
"""Times diff, doctor, top and check on large scenes, without any server.

    target/peers/venv/bin/python benches/offline.py [--runs 5] [--keep DIR]

The scenes come from real VTK (tests/peers/export_scene.py): 2,000 actors (38,000 objects) and a mesh
of 4,000,000 triangles. Their variants are made here by editing the zips: one colour changed, all ids
shifted, the points of the mesh moved. For `check`, 1,540 small scenes are copies of the fixtures, each
with a colour of its own. Every command is run in turn, `--runs` times; the medians are printed, and the
largest memory. Needs `cargo build --release` and the peers (`cargo test` installs them).
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent.parent
SCENECTL = HERE / "target/release/scenectl"


def entries(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def export(scene, size, folder):
    target = folder / f"{scene}"
    script = HERE / "tests/peers/export_scene.py"
    subprocess.run([sys.executable, script, scene, target, "--size", str(size)], check=True, stdout=subprocess.DEVNULL)
    # Each blob once, and nothing deflated: as `pull` writes it.
    write(folder / f"{scene}.wazex", entries(target / "scene.wazex"))
    return folder / f"{scene}.wazex"


def recolored(content, nth, color=b"[0.125,0.25,0.5]"):
    names = [name for name in content if name.startswith("states/") and b'"vtkOpenGLProperty"' in content[name]]
    name = names[nth % len(names)]
    changed = dict(content)
    changed[name] = re.sub(rb'"Color":\[[^]]*\]', b'"Color":' + color, content[name])
    return changed


def shifted(content, by):
    out = {}
    for name, data in content.items():
        if name.startswith("states/") and name != "states/":
            data = re.sub(rb'"Id":(\d+)', lambda found: b'"Id":%d' % (int(found[1]) + by), data)
            name = f"states/{int(name[7:]) + by}"
        elif name == "vtk-wasm.json":
            roots = json.loads(data)
            data = json.dumps({**roots, "ids": [root + by for root in roots["ids"]]}).encode()
        elif name == "scenectl.json":
            continue
        out[name] = data
    return out


def moved_points(content):
    import numpy as np

    state = next(name for name in content if name.startswith("states/") and b'"Name":"Points"' in content[name])
    name = re.search(rb'"Hash":"(\d+)"', content[state])[1].decode()
    points = np.frombuffer(content[f"blobs/{name}"], dtype="<f4") + np.float32(1e-3)
    changed = dict(content)
    del changed[f"blobs/{name}"]
    changed[f"blobs/{name}1"] = points.tobytes()
    changed[state] = content[state].replace(name.encode(), name.encode() + b"1")
    return changed


def run(command):
    started = time.perf_counter()
    process = subprocess.Popen([SCENECTL, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - started, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=pathlib.Path, help="make the scenes here, or take those that are here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "ready").exists():
            actors = entries(export("actors", 2000, folder))
            write(folder / "actors-color.wazex", recolored(actors, 1000))
            write(folder / "actors-shifted.wazex", shifted(recolored(actors, 1000), 7))
            write(folder / "actors-again.wazex", actors)
            mesh = entries(export("mesh", 4_000_000, folder))
            write(folder / "mesh-points.wazex", moved_points(mesh))
            small = [entries(path) for path in sorted((HERE / "fixtures/variants").glob("*.wazex"))]
            (folder / "run").mkdir()
            for k in range(1540):
                color = b"[0.%03d,0.5,0.5]" % (k % 1000)
                write(folder / "run" / f"scene-{k:04}.wazex", recolored(small[k % len(small)], k, color))
            subprocess.run(
                [SCENECTL, "check", "-q", "--update", folder / "run", "--baseline", folder / "baseline"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            (folder / "ready").touch()
        a = folder / "actors.wazex"
        cases = {
            "diff, one actor changed": (["diff", a, folder / "actors-color.wazex"], 1, 0.3, 400),
            "diff, the same, other ids": (["diff", a, folder / "actors-shifted.wazex"], 1, 0.3, 400),
            "diff, equal": (["diff", a, folder / "actors-again.wazex"], 0, 0.2, 400),
            "doctor": (["doctor", a], 0, 0.5, None),
            "top": (["top", a], 0, 0.5, None),
            "diff, mesh with moved points": (["diff", folder / "mesh.wazex", folder / "mesh-points.wazex"], 1, 1.0, None),
            "check, 1540 scenes": (["check", folder / "run", "--baseline", folder / "baseline"], 0, 5.0, None),
        }
        times = {name: [] for name in cases}
        memory = dict.fromkeys(cases, 0)
        for _ in range(args.runs):
            for name, (command, expected, _, _) in cases.items():
                seconds, megabytes, status = run(command)
                if status != expected:
                    raise SystemExit(f"{name}: exit {status}, not {expected}")
                times[name].append(seconds)
                memory[name] = max(memory[name], megabytes)
        print(f"{'':32} {'median':>8} {'least':>8} {'bar':>6} {'memory':>8}")
        for name, (_, _, bar, most) in cases.items():
            median, least = statistics.median(times[name]), min(times[name])
            missed = "" if median <= bar and (most is None or memory[name] <= most) else "  MISSED"
            print(f"{name:32} {median:7.3f}s {least:7.3f}s {bar:5.1f}s {memory[name]:5.0f}MiB{missed}")


if __name__ == "__main__":
    main()
