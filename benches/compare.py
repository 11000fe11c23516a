#!/usr/bin/env python3
"""Measures scenectl beside the real server, the real clients, and the server's own limit.

    compare.py [pull|replay|cli] --python VENV/bin/python --node DIR --scenectl PATH [--peers tests/peers]

`pull` (the default): whole processes, one after the other in turns, so that a busy machine slows all of them.
`replay`: the fake server. `cli`: start-up, and questions to a large snapshot. See README.md beside this file.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ACTORS, MESH = ("actors", 2000), ("mesh", 4_000_000)
MIB = 1 << 20


class Run:
    """One finished process: wall seconds, peak memory, and what it printed."""

    def __init__(self, command):
        with tempfile.TemporaryFile() as out:
            actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
            start = time.perf_counter()
            pid = os.posix_spawnp(str(command[0]), [str(word) for word in command], os.environ, file_actions=actions)
            _, status, usage = os.wait4(pid, 0)
            self.wall = time.perf_counter() - start
            out.seek(0)
            self.text = out.read().decode()
        self.peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"failed: {' '.join(map(str, command))}\n{self.text}")

    def own(self, key):
        """The seconds that the program itself printed."""
        return json.loads(self.text)[key] if key else None


@contextmanager
def serving(command):
    """A server, once its line with the URL is there."""
    words = [str(word) for word in command]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def real_server(options, scene):
    name, size = scene
    return serving([options.python, options.peers / "server.py", "--scene", name, "--size", size])


def in_turns(candidates, repeat):
    """{name: (command, prepare, key)} -> {name: runs}, the first round left out as a warm-up."""
    runs = {name: [] for name in candidates}
    for turn in range(repeat + 1):
        for name, (command, prepare, _) in candidates.items():
            prepare()
            run = Run(command)
            if turn:
                runs[name].append(run)
        print(f"  round {turn} of {repeat}", file=sys.stderr)
    return runs


def median(runs, of):
    values = [of(run) for run in runs]
    return None if None in values else statistics.median(values)


def seconds(value):
    return "" if value is None else f"{value:.3f}"


def measure_pull(options, scene, folder):
    new, again = folder / "new.wazex", folder / "again.wazex"
    with real_server(options, scene) as ready:
        url = ready["url"]
        pull = [options.scenectl, "pull", url, "-q"]
        python = [options.python, options.peers / "reference_client.py", url, "--strategy"]
        server_limit = [options.python, options.peers / "limit.py", url, "--pid", ready["pid"]]
        node = ["node", options.node / "reference_client.mjs", url]
        nothing = lambda: None  # noqa: E731
        Run([*pull, "-o", again])
        candidates = {
            "limit.py": ([*server_limit, "--repeat", 1, "--plan", "batch:256"], nothing, "seconds"),
            "pull": (pull, nothing, None),
            "pull -o new": ([*pull, "-o", new], lambda: new.unlink(missing_ok=True), None),
            "pull -o again": ([*pull, "-o", again], nothing, None),
            **{f"Python {s}": ([*python, s], nothing, "seconds_total") for s in options.strategies},
            "JavaScript batch": (node, nothing, "seconds_total"),
            "JavaScript no batch": ([*node, "--no-batch"], nothing, "seconds_total"),
        }
        runs = in_turns(candidates, options.repeat)
    blobs = json.loads(Run([options.scenectl, "info", new, "--json"]).text)["blob_bytes"]
    wall = {name: median(found, lambda run: run.wall) for name, found in runs.items()}
    own = {name: median(found, lambda run, key=candidates[name][2]: run.own(key)) for name, found in runs.items()}
    print(f"\n### {scene[0]}:{scene[1]} ({blobs / 1e6:.1f} MB of blobs)\n")
    print("| what | whole process, s | its own count, s | peak, MiB |\n|---|---|---|---|")
    for name, found in runs.items():
        peak = median(found, lambda run: run.peak) / MIB
        print(f"| {name} | {seconds(wall[name])} | {seconds(own[name])} | {peak:.0f} |")
    limit = own["limit.py"]
    best = min((name for name in wall if name.startswith("Python")), key=wall.get)
    peak = max(run.peak for run in runs["pull -o new"])
    bound = 1.3 * blobs + 32 * MIB
    rows = [
        ("pull / limit", wall["pull"] / limit, "≤ 1.10"),
        ("pull -o new / limit", wall["pull -o new"] / limit, "≤ 1.25"),
        ("pull / limit.py as a whole process", wall["pull"] / wall["limit.py"], ""),
        (f"{best} / pull", wall[best] / wall["pull"], "> 1"),
        (f"{best}, its own count / pull", own[best] / wall["pull"], "> 1"),
        ("JavaScript batch / pull", wall["JavaScript batch"] / wall["pull"], "≥ 1.6"),
        ("JavaScript batch, its own count / pull", own["JavaScript batch"] / wall["pull"], ""),
        ("JavaScript no batch / pull", wall["JavaScript no batch"] / wall["pull"], "≥ 5" if scene == ACTORS else ""),
        ("pull -o again, s", wall["pull -o again"], "≤ 0.1" if scene == MESH else ""),
        ("peak of pull -o new / (1.3 × blobs + 32 MiB)", peak / bound, "≤ 1" if scene == MESH else ""),
    ]
    print_rows(rows)


def print_rows(rows):
    print("\n| what | measured | bar |\n|---|---|---|")
    for name, value, bar in rows:
        print(f"| {name} | {value:,.{0 if value >= 1000 else 3}f} | {bar} |")


def snapshot(options, scene, folder):
    path = folder / f"{scene[0]}.wazex"
    with real_server(options, scene) as ready:
        Run([options.scenectl, "pull", ready["url"], "-q", "-o", path])
    return path


def measure_replay(options, folder):
    actors, mesh = snapshot(options, ACTORS, folder), snapshot(options, MESH, folder)
    sink = [sys.executable, HERE / "sink.py"]
    with serving([options.scenectl, "replay", "-q", actors]) as ready:
        pull = in_turns({"pull": ([options.scenectl, "pull", ready["url"], "-q"], lambda: None, None)}, options.repeat)
        states = json.loads(Run([*sink, ready["url"], actors, "--copies", 5, "--repeat", options.repeat]).text)
    with serving([options.scenectl, "replay", "-q", mesh]) as ready:
        blobs = json.loads(Run([*sink, ready["url"], mesh, "--what", "hash", "--repeat", options.repeat]).text)
    print("\n### replay")
    print_rows([
        ("pull from a replay of actors:2000, s", median(pull["pull"], lambda run: run.wall), "≤ 0.15"),
        ("get.state a second, pipelined", states["per_second"], "≥ 200,000"),
        ("blobs of mesh:4000000, GB/s", blobs["bytes_per_second"] / 1e9, "≥ 1.5"),
    ])


def measure_cli(options, folder):
    actors = snapshot(options, ACTORS, folder)
    repeat = max(20, options.repeat)
    questions = {
        "--version": (["--version"], 5),
        "ls": (["ls", actors], 250),
        "ls vtkActor --json": (["ls", actors, "vtkActor", "--json"], None),
        "get": (["get", actors, "1", "Renderers.Items.0.Background"], None),
        "info": (["info", actors], None),
        "tree --depth 3": (["tree", actors, "--depth", 3], None),
    }
    candidates = {name: ([options.scenectl, *words], lambda: None, None) for name, (words, _) in questions.items()}
    runs = in_turns(candidates, repeat)
    print("\n### Questions to a snapshot of actors:2000, ms")
    print_rows([
        (name, 1e3 * median(runs[name], lambda run: run.wall), f"≤ {bar}" if bar else "")
        for name, (_, bar) in questions.items()
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", nargs="?", choices=("pull", "replay", "cli"), default="pull")
    parser.add_argument("--python", type=Path, required=True, help="python of an environment with the test peers")
    parser.add_argument("--node", type=Path, help="folder with node_modules and reference_client.mjs")
    parser.add_argument("--scenectl", type=Path, required=True)
    parser.add_argument("--peers", type=Path, default=HERE.parent / "tests" / "peers")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--scene", choices=("actors", "mesh"), help="pull: only this one")
    parser.add_argument("--strategies", nargs="*", default=["seq", "pipe:32", "pipe:128", "jsbatch", "batch:256"])
    options = parser.parse_args()
    if options.mode == "pull" and not options.node:
        parser.error("--node is needed to compare with the JavaScript client")
    for name in ("python", "node", "scenectl", "peers"):  # not resolved: a venv's python is a link
        if path := getattr(options, name):
            setattr(options, name, path.absolute())
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        if options.mode == "replay":
            measure_replay(options, folder)
        elif options.mode == "cli":
            measure_cli(options, folder)
        else:
            for scene in (ACTORS, MESH):
                if options.scene in (None, scene[0]):
                    measure_pull(options, scene, folder)


if __name__ == "__main__":
    main()
