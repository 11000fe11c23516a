//! The codes of VTK.wasm scenes.

use crate::analysis::doctor::Code;

/// An item of a list without an object.
pub(super) static HOLE: Code = Code {
    name: "E101",
    title: "an item of a list is null or {}",
    explanation: "The server has an object here that it could not serialise: VTK has no serializer for its class, and \
                  writes `null` (9.7) or `{}` (before) where the reference should be. The object is missing in the \
                  browser, without a word. Seen for vtkAssembly, vtkBillboardTextActor3D, vtkQuadricLODActor and, \
                  before 9.7, vtkLODActor. Items are in the order in which they were added, which tells which it is.",
    advice: "replace the object by one that can be serialised: the parts of an assembly as actors of their own, \
             vtkTextActor3D for billboards, a plain vtkActor for LOD actors",
};

/// Ids that the server announces and has no state for.
pub(super) static NO_STATE: Code = Code {
    name: "E102",
    title: "announced ids without a state",
    explanation: "vtklocal.get.status lists ids for which the server has no state. One such id is enough: \
                  vtklocal.get.batch answers `skip` and no state at all to a request that holds it, and the browser's \
                  client asks for all ids that it lacks in one request. It builds nothing, draws nothing, says \
                  nothing, and stays black; later updates do not heal it. It happens when objects come into being \
                  while the scene is being serialised, above all the geometry that a vtkDataSetMapper extracts when \
                  it is first rendered.",
    advice: "call render_window.Render() once on the server before view.update()",
};

/// A class that the bundle in use does not know.
pub(super) static UNKNOWN_CLASS: Code = Code {
    name: "E103",
    title: "a class that the client's bundle does not know",
    explanation: "The VTK.wasm bundle given with --bundle has no deserializer for this class. The browser builds the \
                  nearest ancestor that it knows, without what is special about the class, or nothing. The server is \
                  newer than the bundle, or was built with more modules. Classes of a platform (windows, \
                  interactors) and arrays have their counterparts and are not meant.",
    advice: "use a bundle of the server's version, or a class that the bundle knows",
};

/// Indices that point past the points.
pub(super) static INDEX: Code = Code {
    name: "E109",
    title: "cells that refer to points that are not there",
    explanation: "The connectivity of a cell array has point ids below 0 or beyond the number of points, or its \
                  offsets do not fit its connectivity. What is drawn is random, or the browser's memory is read \
                  where it should not be and the client stops.",
    advice: "look at how the cells are made: ids count from 0, and the last offset is the length of the connectivity",
};

/// A root without the mark.
pub(super) static NOT_KEPT: Code = Code {
    name: "E110",
    title: "a root without `vtk-object-manager-kept-alive`",
    explanation: "VTK builds objects from the states that carry this mark, and what these refer to. A root without it \
                  is never built: the scene is empty. Tools that write states anew tend to lose it.",
    advice: "register the window with the object manager (trame's view does), and copy states as they are; in a \
             snapshot, add `\"vtk-object-manager-kept-alive\": true` to the root's state",
};

/// A class that no bundle known to us has.
pub(super) static UNUSUAL_CLASS: Code = Code {
    name: "W202",
    title: "a class that a common bundle does not know",
    explanation: "Without --bundle, classes are compared with a table of one published VTK.wasm bundle, whose version \
                  the finding names. Yours may be newer. In a bundle that does not know the class, the nearest \
                  ancestor is built, without what is special about the class, or nothing.",
    advice: "give the bundle that your page loads: --bundle FILE.wasm (or its folder or tar.gz)",
};

/// An actor without a mapper.
pub(super) static NO_MAPPER: Code = Code {
    name: "W203",
    title: "a visible prop without a mapper",
    explanation: "A prop shows what its mapper makes of data. This one is visible and has no mapper: nothing is drawn.",
    advice: "set a mapper, or take the prop out of the renderer",
};

/// A mapper without input.
pub(super) static NO_INPUT: Code = Code {
    name: "W204",
    title: "a mapper without input",
    explanation: "The mapper of a visible prop has no data object at its first input: nothing is drawn. The pipeline \
                  before it is not connected, or gave nothing when the scene was serialised.",
    advice: "connect the mapper (SetInputConnection or SetInputData), and update the pipeline before view.update()",
};

/// Data without points or cells.
pub(super) static EMPTY_DATA: Code = Code {
    name: "W205",
    title: "data without points or cells",
    explanation: "The data of a visible prop has no points, or points and no cells that its mapper could draw. An image \
                  without values has no pixels. A filter that finds nothing (a contour outside the values' range, a \
                  threshold, a clip) gives such data.",
    advice: "look at the filter before the mapper; for bare points add vertices (vtkVertexGlyphFilter) or use \
             vtkPointGaussianMapper",
};

/// Points that are no places.
pub(super) static BAD_POINTS: Code = Code {
    name: "W206",
    title: "points that are not numbers, or infinite",
    explanation: "Coordinates are NaN or infinite. Cells at such points are not drawn, or fill the picture; bounds \
                  become NaN, and with them the camera: then nothing at all is seen.",
    advice: "take these points out before the mapper, or mend the computation that gives them",
};

/// All props are switched off.
pub(super) static ALL_HIDDEN: Code = Code {
    name: "W207",
    title: "all props are invisible",
    explanation: "The window has props, and every one has Visibility 0 or a property with Opacity 0.",
    advice: "set Visibility to 1, or Opacity above 0, of what should show",
};

/// All is before or behind the clipping range.
pub(super) static CLIPPED: Code = Code {
    name: "W208",
    title: "everything is outside the camera's clipping range",
    explanation: "The camera draws only what is between the two distances of its ClippingRange. All visible props of \
                  this renderer are nearer or farther. It happens when the range was set by hand or the data moved \
                  after the camera was set.",
    advice: "call renderer.ResetCameraClippingRange() (or ResetCamera()) on the server, and send the camera: \
             view.update(push_camera=True)",
};

/// All is outside the picture.
pub(super) static OUTSIDE: Code = Code {
    name: "W209",
    title: "everything is outside the camera's view",
    explanation: "All visible props of this renderer are behind the camera or beyond the edges of the picture.",
    advice: "call renderer.ResetCamera() on the server, and send the camera: view.update(push_camera=True)",
};

/// A range of one value.
pub(super) static CONSTANT_RANGE: Code = Code {
    name: "W210",
    title: "a scalar range of a single value",
    explanation: "Scalars are coloured by a range whose ends are the same, while the values differ: all of them get \
                  one of two colours.",
    advice: "set the range to that of the array: mapper.SetScalarRange(array.GetRange())",
};

/// A range far from the values.
pub(super) static FAR_RANGE: Code = Code {
    name: "W211",
    title: "a scalar range that none of the values is in",
    explanation: "Scalars are coloured by a range that ends before the smallest value or begins after the largest: \
                  all get the same colour.",
    advice: "set the range to that of the array: mapper.SetScalarRange(array.GetRange())",
};

/// A volume whose values are all transparent.
pub(super) static CLEAR_VOLUME: Code = Code {
    name: "W212",
    title: "a volume that is transparent at all its values",
    explanation: "The scalar opacity function is 0 over the whole range of the volume's values: nothing is drawn.",
    advice: "move the points of the opacity function into the range of the values",
};

/// Blobs that nobody uses and the server keeps.
pub(in super::super) static STILL_SERVED: Code = Code {
    name: "W213",
    title: "blobs that left the scene are still served",
    explanation: "Found with --probe. The server still answers with blobs that no window uses any more: it keeps \
                  everything it ever sent, and its memory grows with every update that changes data. \
                  trame-vtklocal does so up to 1.8.0.",
    advice: "call PruneUnusedStates(), PruneUnusedObjects() and PruneUnusedBlobs() of the object manager on the server \
             from time to time",
};

/// Objects that are made again and again.
pub(in super::super) static MADE_ANEW: Code = Code {
    name: "W214",
    title: "objects are made anew with every update",
    explanation: "Found with --probe. Ids are never used again, and the newest climbs with every update while the \
                  number of objects in use does not: objects are replaced rather than changed. Each has to be sent, \
                  and the server keeps those before it.",
    advice: "change objects in place (set the mapper's data, not a new actor), and prune what is no longer used",
};

/// States that are never as new as their status.
pub(in super::super) static NEVER_SETTLES: Code = Code {
    name: "I304",
    title: "objects that are sent again with every update",
    explanation: "Found with --probe. The time that the status gives counts what an object depends on (a mapper its \
                  lookup table), the time in its state does not. Clients compare the two and fetch such objects with \
                  every update, although nothing changed.",
    advice: "nothing, if they are small; real scenes have some",
};

/// Colours that were never made.
pub(super) static UNBUILT_TABLE: Code = Code {
    name: "W215",
    title: "a lookup table without colours",
    explanation: "A mapper colours scalars by a vtkLookupTable whose table is empty. VTK fills it when it first draws \
                  with it; a scene that is serialised before has it empty, and the client does not fill it: what is \
                  coloured by it does not show at all (seen with VTK 9.7.2).",
    advice: "call lookup_table.Build(), or render_window.Render() once, on the server before view.update()",
};

/// Fewer values than points or cells.
pub(super) static SHORT_ARRAY: Code = Code {
    name: "W216",
    title: "an array with fewer rows than there are points or cells",
    explanation: "An array of values at points (or in cells) has fewer rows than there are points (or cells). VTK does \
                  not check it: it reads beyond the array's end, and shows whatever is there, or ends the process.",
    advice: "make the array as long as the data set has points or cells before it is added",
};

/// Nothing to show at all.
pub(super) static NO_PROPS: Code = Code {
    name: "I303",
    title: "a window without props",
    explanation: "The renderers of this window have no props: only the background is drawn.",
    advice: "nothing, if the application adds them later; else add them before view.update()",
};

pub(super) static ALL: [&Code; 22] = [
    &HOLE,
    &NO_STATE,
    &UNKNOWN_CLASS,
    &INDEX,
    &NOT_KEPT,
    &UNUSUAL_CLASS,
    &NO_MAPPER,
    &NO_INPUT,
    &EMPTY_DATA,
    &BAD_POINTS,
    &ALL_HIDDEN,
    &CLIPPED,
    &OUTSIDE,
    &CONSTANT_RANGE,
    &FAR_RANGE,
    &CLEAR_VOLUME,
    &STILL_SERVED,
    &MADE_ANEW,
    &UNBUILT_TABLE,
    &NEVER_SETTLES,
    &SHORT_ARRAY,
    &NO_PROPS,
];
