//! What can go wrong when a scene is asked or changed.

use super::ObjectId;

/// Errors of the scene model: each says where, and carries what a caller may want to match on.
#[derive(Debug, thiserror::Error)]
pub enum SceneError {
    /// A state's text is not UTF-8.
    #[error("not UTF-8 text: bad byte at offset {at}")]
    NotUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// A state's text is not the JSON it should be.
    #[error("not the expected JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// A selector cannot be read.
    #[error("cannot read the selector `{selector}`: {reason} (at character {at})")]
    Selector {
        /// The whole selector.
        selector: String,
        /// What is wrong with it.
        reason: String,
        /// Where, counted in characters from 1.
        at: usize,
    },
    /// What is to be set cannot be read.
    #[error("cannot read `{text}`: {reason}")]
    Assignment {
        /// All of it.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A property path cannot be read.
    #[error("cannot read the path `{path}`: {reason}")]
    Path {
        /// The whole path.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Scenes of different protocols have nothing in common.
    #[error("the two scenes are of different protocols, {a} and {b}: they cannot be compared")]
    OtherDialect {
        /// The first's.
        a: &'static str,
        /// The second's.
        b: &'static str,
    },
    /// No object has this id.
    #[error("no object {0} in this scene")]
    UnknownObject(ObjectId),
    /// A selector that names one thing names nothing.
    #[error("nothing in this scene matches `{0}`")]
    NothingMatches(String),
    /// No object of two scenes.
    #[error("nothing in either scene matches {0}")]
    InNeither(String),
    /// A property is not there.
    #[error("{place} has no property `{property}`{}", near(.similar))]
    UnknownProperty {
        /// The object and the path so far.
        place: String,
        /// What was asked for.
        property: String,
        /// Names that look like it.
        similar: Vec<String>,
    },
    /// An index is past the end.
    #[error("{place} has {length} elements: there is no element {index}")]
    OutOfRange {
        /// The object and the path so far.
        place: String,
        /// The index asked for.
        index: String,
        /// How many there are.
        length: usize,
    },
    /// The path goes on where there is nothing to go into.
    #[error("{place} is {found}: `{property}` cannot be looked up in it")]
    NotAContainer {
        /// The object and the path so far.
        place: String,
        /// What is there, with its article.
        found: &'static str,
        /// What was asked for.
        property: String,
    },
    /// The value is null, where something is wanted.
    #[error("{place} is null")]
    IsNull {
        /// The object and the path.
        place: String,
    },
    /// A reference points to an object that is not in the scene.
    #[error("{place} refers to object {target}, which is not in this scene")]
    Dangling {
        /// The object and the path so far.
        place: String,
        /// Where it points.
        target: ObjectId,
    },
    /// An edit that would change what kind of value a property has.
    #[error("{place} is {old}; the new value is {new}")]
    TypeMismatch {
        /// The object and the path.
        place: String,
        /// What is there, with its article.
        old: String,
        /// What was given, with its article.
        new: String,
    },
    /// An edit that scenectl does not do.
    #[error("{place} cannot be set: {reason}")]
    NotSettable {
        /// The object and the path.
        place: String,
        /// Why not.
        reason: String,
    },
}

impl SceneError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Selector { .. } => {
                "a selector is an id (12, #/a/b), a class (vtkActor), a path (/Renderers/0), //CLASS anywhere below, or *; \
                 filters go in brackets: vtkActor[Visibility=0]; odd names in quotes: /\"a b\"/c"
            }
            Self::Assignment { .. } => "what is set is PATH=JSON: value=0.5, value='\"text\"', Background=[1,0,0]",
            Self::Path { .. } => "a path is property names and indexes with dots: Renderers.Items.0.Background",
            Self::UnknownObject(_) | Self::NothingMatches(_) => "`scenectl ls SOURCE` lists the objects there are",
            Self::InNeither(_) => {
                "`scenectl ls` lists a scene's objects; to compare nothing would be to find them equal"
            }
            Self::Dangling { .. } => "the scene is incomplete: pull it again, or look at `scenectl info SOURCE`",
            Self::TypeMismatch { .. } => "give a value of the same kind, or --force to change the kind",
            _ => return None,
        })
    }

    /// True when the question was put wrongly, rather than answered with no.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Selector { .. } | Self::Assignment { .. } | Self::Path { .. } | Self::InNeither(_))
    }

    /// True when the answer is "there is no such thing".
    pub fn is_no(&self) -> bool {
        !self.is_usage() && !matches!(self, Self::NotUtf8 { .. } | Self::NotJson(_) | Self::OtherDialect { .. })
    }
}

fn near(similar: &[String]) -> String {
    if similar.is_empty() { String::new() } else { format!(" (is there: {})", similar.join(", ")) }
}
