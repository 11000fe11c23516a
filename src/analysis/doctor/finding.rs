//! Findings: what a rule says, and how bad it is.

use std::borrow::Cow;

use super::Code;
use crate::scene::ObjectId;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something will not show, or the scene cannot be built.
    Error,
    /// Something will probably not show as it was meant.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// What a rule has found, before the doctor has looked up the place.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What kind of finding it is.
    pub code: &'static Code,
    /// The object it is about; `None` for the scene as a whole.
    pub id: Option<ObjectId>,
    /// The place in that object's state, dotted: `Items.3`. Empty for the object itself.
    pub place: String,
    /// The plain cause.
    pub text: String,
    /// What to do, where there is more to say than the code's own advice.
    pub advice: Option<String>,
}

impl Draft {
    /// About an object.
    pub fn of(code: &'static Code, id: &ObjectId, text: impl Into<String>) -> Self {
        Self { code, id: Some(id.clone()), place: String::new(), text: text.into(), advice: None }
    }

    /// About the scene as a whole.
    pub fn of_scene(code: &'static Code, text: impl Into<String>) -> Self {
        Self { code, id: None, place: String::new(), text: text.into(), advice: None }
    }

    /// At a place in the object's state.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        Self { place: place.into(), ..self }
    }

    /// With advice of its own.
    #[must_use]
    pub fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding it is.
    pub code: &'static Code,
    /// How bad; the code's own unless `--deny` changed it.
    pub severity: Severity,
    /// The way down to it, as a selector: `/Renderers/0/ViewProps/3`.
    pub place: String,
    /// The object it is about.
    pub id: Option<ObjectId>,
    /// Its class.
    pub class: Option<String>,
    /// The plain cause.
    pub text: String,
    /// What to do.
    pub advice: Cow<'static, str>,
}
