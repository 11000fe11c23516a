#!/usr/bin/env python3
"""A real viser server with a scene.

    server.py --scene NAME [--port P] [--size N] [--hz H] [--lifetime S] [--drop-after S]
              [--record FILE.viser [--record-seconds S]]

Prints JSON lines: `ready` with its port and URL when it is, and what clients did: `client_connected`, `client_gone`,
`gui`, `upload`, `command`, `form`, `gizmo`, `click`, `pointer`, `camera`, `render`, `render_flow_done`,
`download_sent`, `local_storage`; `uuid` tells the ids of GUI elements. The same scene and size give the same arrays.
Where port P is taken, viser takes the next one that is free: the port is the one in `ready`.

Scenes: basic points points16 mesh trimesh nodes media gui animated big-atomic transform scoped download render everything
"""

import argparse
import json
import os
import socket
import sys
import threading
import time

import numpy as np
import viser

LOCK = threading.Lock()
START = time.time()
STDOUT = sys.stdout


def say(event, **more):
    with LOCK:
        STDOUT.write(json.dumps({"event": event, "t": round(time.time() - START, 4), **more}) + "\n")
        STDOUT.flush()


def floats(values):
    return [float(value) for value in values]


class Scenes:
    def __init__(self, server, options):
        self.server, self.scene, self.gui = server, server.scene, server.gui
        self.options, self.size = options, options.size
        self.random = np.random.default_rng(7)

    def ball(self, name, **more):
        return self.scene.add_icosphere(name, radius=0.2, color=(220, 60, 40), **more)

    def basic(self):
        scene = self.scene
        scene.add_frame("/frame", wxyz=(1.0, 0.0, 0.0, 0.0), position=(0.5, 0.0, 0.0), axes_length=0.3)
        scene.add_label("/frame/label", text="hello scenectl \u00e9\u4e16", position=(0.0, 0.0, 0.4))
        self.ball("/frame/ball", position=(0.0, 0.3, 0.0))
        scene.add_box("/box", dimensions=(0.4, 0.3, 0.2), color=(40, 90, 220), position=(-0.6, 0.2, 0.1))
        scene.add_grid("/grid", width=4.0, height=4.0)
        # /a, /a/b and /a/b/c are made by the server.
        scene.add_cylinder("/a/b/c/cylinder", radius=0.1, height=0.6, color=(90, 200, 90))
        scene.add_frame("/hidden", show_axes=True).visible = False
        self.server.initial_camera.position = (2.0, 2.0, 1.5)
        self.server.initial_camera.look_at = (0.0, 0.0, 0.0)

    def points(self, precision="float32"):
        points = self.random.random((self.size, 3), dtype=np.float32) * 2.0 - 1.0
        colors = (self.random.random((self.size, 3)) * 255).astype(np.uint8)
        self.scene.add_point_cloud("/points", points=points, colors=colors, point_size=0.01, precision=precision)

    def points16(self):
        self.points("float16")

    def mesh(self):
        """About N triangles, as a height field."""
        width = max(1, int(np.sqrt(self.size / 2)))
        height = max(1, self.size // (2 * width))
        across = np.linspace(-1, 1, width + 1, dtype=np.float32)
        xs, ys = np.meshgrid(across, np.linspace(-1, 1, height + 1, dtype=np.float32))
        zs = (0.2 * np.sin(4 * xs) * np.cos(3 * ys)).astype(np.float32)
        a = np.arange(height)[:, None] * (width + 1) + np.arange(width)[None, :]
        b, c, d = a + 1, a + width + 1, a + width + 2
        faces = [np.stack(corners, -1).reshape(-1, 3) for corners in ([a, b, d], [a, d, c])]
        self.scene.add_mesh_simple(
            "/mesh",
            vertices=np.stack([xs.ravel(), ys.ravel(), zs.ravel()], axis=1),
            faces=np.concatenate(faces).astype(np.uint32),
            color=(120, 160, 200),
        )

    def trimesh(self):
        """Meshes that go as GLB files: with colours of vertices, with a texture, a tree of parts, and one in many places."""
        import trimesh
        from PIL import Image

        box = trimesh.creation.box()
        box.visual.vertex_colors = np.tile(np.array([[200, 20, 20, 255]], np.uint8), (8, 1))
        self.scene.add_mesh_trimesh("/box", box, scale=2.0, position=(0.0, 0.0, 1.0))
        sheet = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]], process=False)
        picture = Image.fromarray(np.tile(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8), (2, 1, 1)))
        sheet.visual = trimesh.visual.TextureVisuals(uv=[[0, 0], [1, 0], [1, 1], [0, 1]], image=picture)
        self.scene.add_mesh_trimesh("/sheet", sheet)
        tree = trimesh.Scene()
        tree.add_geometry(trimesh.creation.icosphere(1), transform=trimesh.transformations.translation_matrix([0, 5, 0]))
        tree.add_geometry(trimesh.creation.box(), transform=trimesh.transformations.translation_matrix([7, 0, 0]))
        self.scene.add_glb("/tree", tree.export(file_type="glb"))
        places = np.zeros((3, 3), np.float32)
        turns = np.tile(np.array([[1, 0, 0, 0]], np.float32), (3, 1))
        self.scene.add_batched_glb("/many", box.export(file_type="glb"), batched_wxyzs=turns, batched_positions=places)

    def nodes(self):
        """N frames, ten under each parent."""
        for k in range(self.size):
            self.scene.add_frame(f"/g{k // 10}/n{k}", show_axes=False, position=(0.01 * k, 0.0, 0.0))

    def media(self):
        scene, random = self.scene, self.random
        image = np.zeros((64, 96, 3), np.uint8)
        image[:, :48] = (255, 0, 0)
        image[32:, 48:] = (0, 255, 0)
        scene.add_image("/image", image, render_width=1.0, render_height=0.66, format="png")
        scene.set_background_image(image, format="jpeg")
        scene.add_camera_frustum(
            "/frustum", fov=1.0, aspect=1.5, image=image, format="png", position=(0.5, 0.5, 0.5)
        )
        n = min(self.size, 20000)
        scene.add_gaussian_splats(
            "/splats",
            centers=random.random((n, 3)).astype(np.float32) - 0.5,
            covariances=np.tile(np.eye(3, dtype=np.float32) * 1e-3, (n, 1, 1)),
            rgbs=random.random((n, 3)).astype(np.float32),
            opacities=np.ones((n, 1), np.float32),
        )
        scene.add_line_segments(
            "/lines", points=random.random((16, 2, 3)).astype(np.float32), colors=np.full((16, 2, 3), 200, np.uint8)
        )
        scene.add_batched_axes(
            "/axes",
            batched_wxyzs=np.tile(np.array([1, 0, 0, 0], np.float32), (8, 1)),
            batched_positions=random.random((8, 3)).astype(np.float32),
            axes_length=0.1,
            axes_radius=0.005,
        )
        scene.add_light_directional("/light", color=(255, 255, 200))
        scene.configure_fog(5.0, 20.0)
        scene.configure_environment_map("city")

    def tell(self, what):
        return lambda event: say(
            "gui", what=what, client=getattr(event, "client_id", None), value=repr(event.target.value)[:200]
        )

    def gui_elements(self):
        gui, tell = self.gui, self.tell
        with gui.add_folder("Sliders"):
            gui.add_slider("alpha", min=0.0, max=1.0, step=0.01, initial_value=0.25).on_update(tell("alpha"))
            clamped = gui.add_slider("clamped", min=0, max=100, step=1, initial_value=10)

            @clamped.on_update
            def _(event):
                say("gui", what="clamped", client=event.client_id, value=clamped.value)
                if clamped.value > 50:
                    clamped.value = 50

            between = gui.add_multi_slider("range", min=0.0, max=10.0, step=0.1, initial_value=(2.0, 8.0))
            between.on_update(tell("range"))
        with gui.add_folder("Inputs", expand_by_default=False):
            gui.add_checkbox("enabled", True).on_update(tell("enabled"))
            gui.add_text("name", "viser").on_update(tell("name"))
            gui.add_number("count", 3, step=1).on_update(tell("count"))
            gui.add_vector3("v3", (1.0, 2.0, 3.0), step=0.1).on_update(tell("v3"))
            gui.add_rgb("color", (10, 20, 30)).on_update(tell("color"))
            gui.add_dropdown("mode", ("one", "two", "three")).on_update(tell("mode"))
        gui.add_button("press").on_click(lambda event: say("gui", what="press", client=event.client_id))
        upload = gui.add_upload_button("upload")
        upload.on_upload(
            lambda _: say(
                "upload",
                name=upload.value.name,
                size=len(upload.value.content),
                head=upload.value.content[:16].hex(),
            )
        )
        gui.add_markdown("**bold** text")
        gui.add_progress_bar(42.0)
        with gui.add_tab_group().add_tab("T1"):
            gui.add_html("<b>x</b>")
        command = gui.add_command("do-it")
        command.on_trigger(lambda _: say("command", what="do-it"))
        with gui.add_form("form") as form:
            gui.add_text("inform", "")
        form.on_submit(lambda _: say("form", what="submitted"))
        for handle in list(gui._gui_input_handle_from_uuid.values()):
            label = getattr(handle, "label", None)
            say("uuid", label=label, uuid=handle._impl.uuid, kind=type(handle).__name__)
        say("uuid", label="cmd:do-it", uuid=command._impl.uuid, kind="Command")
        say("uuid", label="form", uuid=form._impl.uuid, kind="Form")

    def animated(self):
        balls = [self.ball(f"/ball{i}") for i in range(max(1, min(self.size, 2000)))]
        hz = self.options.hz

        def step(k):
            with self.server.atomic():
                for i, ball in enumerate(balls):
                    phase = 0.1 * k + i
                    ball.position = (np.cos(phase), np.sin(phase), 0.1 * i)
                    ball.wxyz = (np.cos(phase / 2), 0.0, 0.0, np.sin(phase / 2))

        def run():
            k, due = 0, time.perf_counter()
            while True:
                k += 1
                step(k)
                self.server.flush()
                due += 1.0 / hz
                time.sleep(max(0.0, due - time.perf_counter()))

        if self.options.record:
            serializer = self.server.get_scene_serializer()
            frames = max(1, int(self.options.record_seconds * hz))
            for k in range(frames):
                step(k)
                serializer.insert_sleep(1.0 / hz)
            self.save(serializer, frames=frames)
        threading.Thread(target=run, daemon=True).start()

    def big_atomic(self):
        """The same: what is of interest is how many frames one block of many poses takes."""
        self.animated()

    def transform(self):
        gizmo = self.scene.add_transform_controls("/gizmo", scale=0.5)

        @gizmo.on_update
        def _(event):
            say("gizmo", client=event.client_id, position=floats(gizmo.position), wxyz=floats(gizmo.wxyz))

        ball = self.ball("/ball")
        ball.on_click(lambda event: say("click", client=event.client_id, name=event.target.name))
        self.scene.on_click()(lambda event: say("pointer", client=event.client_id))

    def scoped(self):
        """What only one client sees, and a node of its own that shadows a common one."""
        self.ball("/shared")

        @self.server.on_client_connect
        def _(client):
            client.scene.add_label("/mine", text=f"client {client.client_id}")
            client.scene.add_box("/shared", dimensions=(0.3, 0.3, 0.3), color=(9, 9, 9))
            client.gui.add_text("you", f"client {client.client_id}")
            client.camera.position = (1.0, 1.0, 1.0)
            client.camera.fov = 1.0
            client.local_storage.set_item("k", "v")
            try:
                value = client.local_storage.get_item("k", timeout=5.0)
                say("local_storage", client=client.client_id, value=value)
            except Exception as error:
                say("local_storage", client=client.client_id, error=f"{type(error).__name__}: {error}")

    def download(self):
        @self.server.on_client_connect
        def _(client):
            content = (bytes(range(256)) * (self.size // 256 + 1))[: self.size]
            start = time.time()
            client.send_file_download("canned.bin", content, save_immediately=True)
            client.send_file_download("empty.txt", b"")
            ms = round(1000 * (time.time() - start), 2)
            say("download_sent", client=client.client_id, size=len(content), ms=ms)

    def render(self):
        self.basic()

        def ask(client, name, **how):
            start = time.time()
            try:
                image = client.get_render(timeout=20.0, **how)
                told = {"shape": list(image.shape), "dtype": str(image.dtype), "mean": float(image.mean())}
            except Exception as error:
                told = {"error": f"{type(error).__name__}: {error}"}
            say("render", client=client.client_id, format=name, **told, ms=round(1000 * (time.time() - start), 1))

        @self.server.on_client_connect
        def _(client):
            camera = client.camera
            say(
                "camera",
                client=client.client_id,
                **{name: floats(getattr(camera, name)) for name in ("position", "wxyz", "look_at")},
                up=floats(camera.up_direction),
                fov=camera.fov,
                near=camera.near,
                far=camera.far,
                width=camera.image_width,
                height=camera.image_height,
            )
            note = client.add_notification("Peer", "working", loading=True, with_close_button=False, color="blue")
            for name in ("jpeg", "png"):
                ask(client, name, height=120, width=160, transport_format=name)
            pose = {"wxyz": (1, 0, 0, 0), "position": (0, 0, -3), "fov": 1.0}
            ask(client, "png-posed", height=60, width=80, transport_format="png", **pose)
            note.title = "Peer (done)"
            note.body = "done"
            note.loading = False
            note.auto_close_seconds = 3.0
            client.send_file_download("report.txt", b"scenectl peer report\n" * 50000)
            time.sleep(0.5)
            note.remove()
            say("render_flow_done", client=client.client_id)

    def everything(self):
        self.basic()
        self.media()
        self.gui_elements()
        self.size = 2000
        self.points()
        self.mesh()
        self.size = self.options.size

    def save(self, serializer, **more):
        data = serializer.serialize()
        with open(self.options.record, "wb") as file:
            file.write(data)
        say("recorded", path=self.options.record, bytes=len(data), **more)


def main():
    scenes = {
        "basic": Scenes.basic,
        "points": Scenes.points,
        "points16": Scenes.points16,
        "mesh": Scenes.mesh,
        "trimesh": Scenes.trimesh,
        "nodes": Scenes.nodes,
        "media": Scenes.media,
        "gui": Scenes.gui_elements,
        "animated": Scenes.animated,
        "big-atomic": Scenes.big_atomic,
        "transform": Scenes.transform,
        "scoped": Scenes.scoped,
        "download": Scenes.download,
        "render": Scenes.render,
        "everything": Scenes.everything,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--scene", required=True, choices=list(scenes))
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--hz", type=float, default=30.0, help="how often `animated` moves")
    parser.add_argument("--lifetime", type=float, default=0.0, help="end after so many seconds; 0: never")
    parser.add_argument("--record", help="write the scene as a recording, then go on")
    parser.add_argument("--record-seconds", type=float, default=0.0, help="how much of `animated`")
    parser.add_argument("--drop-after", type=float, default=0.0, help="close all connections once, after so long")
    options = parser.parse_args()
    port = options.port
    if port == 0:
        with socket.create_server((options.host, 0)) as free:
            port = free.getsockname()[1]

    # viser prints a banner, and a line for each connection.
    sys.stdout = open(os.devnull, "w")
    server = viser.ViserServer(host=options.host, port=port, label="scenectl-peer", verbose=False)
    server.on_client_connect(lambda client: say("client_connected", client=client.client_id))
    server.on_client_disconnect(lambda client: say("client_gone", client=client.client_id))
    start = time.time()
    made = Scenes(server, options)
    scenes[options.scene](made)
    if options.record and options.scene != "animated":
        made.save(server.get_scene_serializer())
    port = server.get_port()
    say(
        "ready",
        port=port,
        url=f"ws://{options.host}:{port}",
        page=f"http://{options.host}:{port}/",
        scene=options.scene,
        size=options.size,
        viser=viser.__version__,
        pid=os.getpid(),
        seconds=round(time.time() - start, 3),
        buffered=len(server._websock_server._broadcast_buffer.message_from_id),
    )
    if options.drop_after:

        def drop():
            server._websock_server.disconnect_all_clients()
            say("dropped")

        threading.Timer(options.drop_after, drop).start()
    end = time.time() + options.lifetime if options.lifetime else None
    try:
        while end is None or time.time() < end:
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    server.stop()
    say("stopped")


if __name__ == "__main__":
    main()
