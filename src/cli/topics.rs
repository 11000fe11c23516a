//! What `scenectl help TOPIC` explains: what is common to many verbs.

/// A topic.
pub struct Topic {
    /// What it is called.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// The text.
    pub text: &'static str,
}

/// All topics.
pub const TOPICS: [Topic; 4] = [
    Topic { name: "sources", about: "Anything a scene can come from", text: include_str!("topics/sources.txt") },
    Topic {
        name: "selectors",
        about: "How to name objects, and values in them",
        text: include_str!("topics/selectors.txt"),
    },
    Topic { name: "formats", about: "Files that are read and written", text: include_str!("topics/formats.txt") },
    Topic { name: "exit-codes", about: "What the exit code says", text: include_str!("topics/exit-codes.txt") },
];
