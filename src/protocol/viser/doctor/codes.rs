//! The codes of viser's scenes.

use crate::analysis::doctor::Code;

/// A pose that is not a number.
pub(super) static POSE: Code = Code {
    name: "E121",
    title: "a pose that is not a number",
    explanation: "The position, orientation or scale of a node holds NaN or infinity, or its quaternion is zero. \
        three.js computes a matrix of NaN from it: neither the node nor anything below it is drawn, \
        without a word.",
    advice: "look at how the pose is computed: a division by zero, an empty mean, a normalised zero vector",
};

/// Faces that refer to vertices that are not there.
pub(super) static FACES: Code = Code {
    name: "E122",
    title: "faces that refer to vertices that are not there",
    explanation: "The faces of a mesh hold an index that is not below the number of its vertices, or their number \
        is no multiple of three. The GPU reads something else in its place: the mesh is torn, or not \
        drawn.",
    advice: "indices count from 0 and must be below the number of vertices",
};

/// Points that are not numbers, or infinite.
pub(super) static NOT_FINITE: Code = Code {
    name: "W221",
    title: "points that are not numbers, or infinite",
    explanation: "The positions in an array hold NaN or infinity. three.js cannot compute the bounds of the \
        geometry (`Computed radius is NaN`): it may vanish as soon as the camera moves.",
    advice: "leave such points out before they are sent",
};

/// Float16 that overflows.
pub(super) static OVERFLOW: Code = Code {
    name: "W222",
    title: "float16 that overflows",
    explanation: "A point cloud is sent with 16 bits a number, which is viser's default, and holds numbers beyond \
        65,504: they became infinite, and the points are gone.",
    advice: "add_point_cloud(…, precision=\"float32\"), or move the points near the origin and the node to \
        where they were",
};

/// Float16 that is too coarse.
pub(super) static COARSE: Code = Code {
    name: "W223",
    title: "float16 that is too coarse",
    explanation: "A point cloud is sent with 16 bits a number, which is viser's default: 11 significant bits. \
        This far from the origin, neighbouring numbers are so far apart that the points fall onto a \
        visible grid.",
    advice: "add_point_cloud(…, precision=\"float32\"), or move the points near the origin and the node to \
        where they were",
};

/// A node without anything to draw.
pub(super) static EMPTY: Code = Code {
    name: "W224",
    title: "a node without anything to draw",
    explanation: "A point cloud, mesh, set of lines or of instances has no elements. It is drawn as nothing.",
    advice: "add it only when there is something in it; or is the array filled later, and never sent?",
};

/// Arrays of a node that do not fit together.
pub(super) static MISFIT: Code = Code {
    name: "W225",
    title: "arrays of a node that do not fit together",
    explanation: "Two arrays of a node that are read side by side (points and colours, positions and orientations \
        of instances, vertices and weights) have different numbers of rows. The client reads past the \
        end of the shorter one.",
    advice: "make both of the same length before they are sent",
};

/// Nothing is visible.
pub(super) static INVISIBLE: Code = Code {
    name: "W226",
    title: "nothing is visible",
    explanation: "The scene has nodes that could be drawn, and all of them are invisible, by themselves or \
        through a node above them.",
    advice: "set visible = True on the node that hides them",
};

/// A node that is scaled or faded to nothing.
pub(super) static VANISHING: Code = Code {
    name: "W227",
    title: "a node that is scaled or faded to nothing",
    explanation: "The scale, size or opacity of a visible node is zero: it is drawn, and cannot be seen.",
    advice: "is it meant to be hidden? visible = False says so, and costs nothing",
};

/// Bytes that are not of their format.
pub(super) static FORMAT: Code = Code {
    name: "W228",
    title: "bytes that are not of their format",
    explanation: "A GLB does not begin as one, or an image is not of the format that its message says. The client \
        cannot decode it and shows nothing.",
    advice: "look at what is read from the file, and at the format that is given",
};

/// Programs that browsers are to run.
pub(super) static PROGRAM: Code = Code {
    name: "W229",
    title: "programs that browsers are to run",
    explanation: "The server sends JavaScript that every browser runs that shows the scene \
        (RunJavascriptMessage); so does whoever replays it. scenectl never runs it.",
    advice: "only show scenes with programs from people whom you trust",
};

/// A value that its control cannot have.
pub(super) static GUI_VALUE: Code = Code {
    name: "W230",
    title: "a value that its control cannot have",
    explanation: "The value of a control is outside its range, or not one of its options. Browsers show something \
        else than the script has.",
    advice: "keep values within min and max, and within the options",
};

/// Nodes that are hidden by one above them.
pub(super) static HIDDEN: Code = Code {
    name: "I321",
    title: "nodes that are hidden by one above them",
    explanation: "A node is invisible, and so is everything below it, whatever it says of itself.",
    advice: "nothing, if that is meant",
};

/// A node behind another of the same name.
pub(super) static SHADOWED: Code = Code {
    name: "I322",
    title: "a node behind another of the same name",
    explanation: "A client's own node has the same name as one of all clients: that client sees only its own.",
    advice: "give one of them another name, if both are to be seen",
};

/// Nodes below one that is not there.
pub(super) static STAND_IN: Code = Code {
    name: "I323",
    title: "nodes below one that is not there",
    explanation: "Nodes are named as if they were below another one, which was never made or is gone. Clients \
        make one up, without a pose.",
    advice: "nothing, if that is meant; else add the parent before its children, and remove it after them",
};

/// An array that browsers take long for.
pub(super) static LARGE: Code = Code {
    name: "I324",
    title: "an array that browsers take long for",
    explanation: "An array of more than 50 MB goes to the browser in one message; it took 3.6 s for 10 million \
        points in a test, in which nothing else happens.",
    advice: "fewer points; or parts in several nodes, one after another",
};

/// All of them.
pub(super) static ALL: [&Code; 16] = [
    &POSE,
    &FACES,
    &NOT_FINITE,
    &OVERFLOW,
    &COARSE,
    &EMPTY,
    &MISFIT,
    &INVISIBLE,
    &VANISHING,
    &FORMAT,
    &PROGRAM,
    &GUI_VALUE,
    &HIDDEN,
    &SHADOWED,
    &STAND_IN,
    &LARGE,
];
