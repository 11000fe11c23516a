//! The line that says that clients may come.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::Context;
use crate::scene::ObjectId;
use crate::snapshot;

/// See the module.
#[derive(Serialize)]
pub(super) struct Ready {
    /// Where clients go.
    pub(super) url: String,
    /// What there is to see, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) roots: Option<Vec<ObjectId>>,
    /// Where `relay-set` goes. It holds a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) control: Option<String>,
}

impl Ready {
    /// Prints it, and writes it to a file where that is wanted.
    pub(super) fn say(&self, context: &mut Context, file: Option<&Path>) -> Result<()> {
        let line = serde_json::to_string(self)?;
        if let Some(path) = file {
            // Whoever waits for the file must never see half a line in it.
            snapshot::write_whole(path, format!("{line}\n").as_bytes())?;
        }
        context.out.line(&line)?;
        Ok(context.out.flush()?)
    }
}
