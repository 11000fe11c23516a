"""What the scripts beside this file share: viser's frames, and what messages add up to."""

import hashlib
import json
import math
import struct

import msgspec
import numpy as np
import zstandard

encode = msgspec.msgpack.encode
unpack = msgspec.msgpack.Decoder().decode
ZSTD = zstandard.ZstdDecompressor()


def buffers(data, at, lengths):
    """Where the buffers are that follow `at`: each begins at a multiple of 8."""
    places = []
    for length in lengths:
        at += -at % 8
        places.append(at)
        at += length
    if at != len(data):
        raise ValueError(f"the buffers end at {at}, the data at {len(data)}")
    return places


def with_arrays(value, data, places, lengths):
    """The same value with arrays (views of `data`) for their placeholders."""
    if isinstance(value, dict):
        if "__binary_index" in value and "dtype" in value:
            index, dtype = value["__binary_index"], np.dtype(value["dtype"])
            return np.frombuffer(data, dtype, lengths[index] // dtype.itemsize, places[index])
        return {key: with_arrays(one, data, places, lengths) for key, one in value.items()}
    if isinstance(value, list):
        return [with_arrays(one, data, places, lengths) for one in value]
    return value


def decode(frame, arrays=True):
    """A frame's body, how long its compressed part is, and how long that is once decompressed."""
    inflated, compressed = struct.unpack_from("<QQ", frame, 0)
    body = unpack(ZSTD.decompress(memoryview(frame)[16 : 16 + compressed], max_output_size=inflated))
    lengths = body.get("binaryBufferLengths", ())
    places = buffers(frame, 16 + compressed, lengths)
    if lengths and arrays:
        body["messages"] = [with_arrays(message, frame, places, lengths) for message in body["messages"]]
    return body, compressed, inflated


def read_recording(path):
    """The body of a `.viser` file, as it is, and the inner data with the places of its buffers."""
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack_from("<Q", data, 0)
    inner = ZSTD.decompress(data[8:], max_output_size=size)
    if len(inner) != size:
        raise ValueError(f"{len(inner)} bytes came out, {size} were announced")
    (length,) = struct.unpack_from("<Q", inner, 0)
    body = unpack(inner[8 : 8 + length])
    return body, inner, buffers(inner, 8 + length, body["binaryBufferLengths"])


def read_frames(path):
    """The frames that `reference_client.py --record` wrote: (seconds since the first, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    at, frames = 0, []
    while at < len(data):
        seconds, length = struct.unpack_from("<dQ", data, at)
        frames.append((seconds, data[at + 16 : at + 16 + length]))
        at += 16 + length
    return [(seconds - frames[0][0], frame) for seconds, frame in frames]


def binary(value):
    """An array or bytes, as (dtype, count, SHA-256); none for anything else."""
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.str, "count": value.size, "sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"dtype": "|u1", "count": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return None


def plain(value):
    """The same with what JSON can hold: arrays as `$array`, bytes as `$bytes`, numbers that are none as strings."""
    told = binary(value)
    if told:
        return {"$array" if isinstance(value, np.ndarray) else "$bytes": told}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def canonical(message):
    """One line of JSON that is the same for the same message, whatever the order of its fields."""
    return json.dumps(plain(message), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# What is said once and leaves nothing in the scene.
PASSING = ("FileTransfer", "GetRender", "LocalStorage", "ReplayDone", "RunJavascript")
# What belongs to a node, and holds neither arrays nor bytes.
NODES_OWN = ("SetBone", "SetSceneNode")
UPDATES = {
    "SetPositionMessage": "position",
    "SetOrientationMessage": "wxyz",
    "SetSceneNodeVisibilityMessage": "visible",
}


class Scene:
    """What the messages add up to: nodes by owner and name, GUI elements and the like by their id."""

    def __init__(self):
        self.nodes, self.gui, self.commands, self.modals, self.notes, self.settings = {}, {}, {}, {}, {}, {}

    def apply(self, message):
        kind, uuid = message["type"], message.get("uuid")
        if kind == "GuiModalMessage":
            self.modals[uuid] = message
        elif kind == "GuiCloseModalMessage":
            self.modals.pop(uuid, None)
        elif kind == "RegisterCommandMessage":
            self.commands[uuid] = message
        elif kind == "CommandUpdateMessage":
            self.commands.get(uuid, {"props": {}})["props"].update(message["updates"])
        elif kind == "RemoveCommandMessage":
            self.commands.pop(uuid, None)
        elif kind in ("NotificationShowMessage", "NotificationUpdateMessage"):
            self.notes[uuid] = message
        elif kind == "RemoveNotificationMessage":
            self.notes.pop(uuid, None)
        elif kind in ("GuiRemoveMessage", "GuiPanelRemoveMessage"):
            self.gui.pop(uuid, None)
        elif kind == "GuiUpdateMessage":
            element = self.gui.get(uuid, {"props": {}})
            for name, value in message["updates"].items():
                (element if name == "value" else element["props"])[name] = value
        elif kind == "GuiPanelMessage" or (kind.startswith("Gui") and "props" in message):
            self.gui[uuid] = message
        elif "name" in message and "props" in message:
            self.nodes[message.get("owner", ""), message["name"]] = message
        elif kind == "RemoveSceneNodeMessage":
            self.remove(message.get("owner", ""), message["name"])
        elif kind == "SceneNodeUpdateMessage" or kind in UPDATES:
            node = self.nodes.get((message.get("owner", ""), message["name"]))
            if node and kind in UPDATES:
                node[UPDATES[kind]] = message[UPDATES[kind]]
            elif node:
                node["props"].update(message["updates"])
        elif not kind.startswith(PASSING + NODES_OWN):
            self.settings[kind, message.get("uuid", message.get("name", message.get("event_type")))] = message

    def remove(self, owner, name):
        gone = [key for key in self.nodes if key[0] == owner and (key[1] == name or key[1].startswith(name + "/"))]
        for key in gone:
            del self.nodes[key]

    def arrays(self):
        """All arrays and bytes by the id of their owner and the path of the property."""
        found = {}

        def look(value, path):
            told = binary(value)
            if told:
                found[path] = told
            inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, one in inside:
                look(one, f"{path}.{key}")

        def owner(name, message):
            for key, value in message.items():
                look(value, f"{name}#{key}")

        for (client, name), node in self.nodes.items():
            owner(f"{client}:{name}" if client else name, node)
        others = {"gui": self.gui, "command": self.commands, "modal": self.modals, "notification": self.notes}
        for prefix, things in others.items():
            for uuid, thing in things.items():
                owner(f"{prefix}:{uuid}", thing)
        kinds = [kind for kind, _ in self.settings]
        for (kind, key), message in self.settings.items():
            owner(f"setting:{kind}" if kinds.count(kind) == 1 else f"setting:{kind}:{key}", message)
        return dict(sorted(found.items()))
