//! Why there is no answer.

use std::time::Duration;

use super::MOST_ANSWERS;
use crate::scene::shortened;

/// An error may repeat the value that it is about, which may be a whole scene: what is kept of its start and end.
const MOST_WORDS: (usize, usize) = (200, 100);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is no jq.
    #[error("`{text}` is not jq: {reason}")]
    Syntax {
        /// The program, or the file that it is in.
        text: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// It failed.
    #[error("jq: {0}")]
    Failed(String),
    /// It took too long.
    #[error("jq: no answer within {} s", .0.as_secs_f64())]
    TookTooLong(Duration),
    /// There is no end to its answers.
    #[error("jq: more than {MOST_ANSWERS} answers")]
    TooMany,
    /// It recurses without end, or nearly.
    #[error("jq: it recurses too deep")]
    TooDeep,
    /// It takes too much memory.
    #[error("jq: it takes too much memory")]
    OutOfMemory,
    /// It was given up on, for an earlier input.
    #[error("jq: it was given up on before")]
    Over,
    /// Nothing can be asked at all.
    #[error("jq cannot be started: {0}")]
    NotStarted(String),
}

impl QueryError {
    pub(super) fn failed(words: &str) -> Self {
        let (first, last) = MOST_WORDS;
        let count = words.chars().count();
        if count <= first + last {
            return Self::Failed(words.to_owned());
        }
        let end: String = words.chars().skip(count - last).collect();
        Self::Failed(format!("{} {end}", shortened(words, first)))
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Syntax { .. } => Some("put the whole expression in single quotes, such as '.a < 100'"),
            Self::Failed(_) => Some("`.a?` and `//` are for what may not be there"),
            Self::TookTooLong(_) | Self::TooMany | Self::TooDeep | Self::OutOfMemory => Some("does it come to an end?"),
            Self::Over | Self::NotStarted(_) => None,
        }
    }

    /// True when the command line, not the world, is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Syntax { .. })
    }
}
