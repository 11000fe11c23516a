//! What can go wrong with showing a scene.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::INSTALL;

/// Why a scene cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// Nobody said where the viewer or the WebAssembly is.
    #[error("there is no {what} here: {package} has it")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// The npm package that has it.
        package: &'static str,
    },
    /// What was named does not have it.
    #[error("{place} has no {what}")]
    NotThere {
        /// What was looked for.
        what: &'static str,
        /// Where.
        place: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It could not be fetched.
    #[error("cannot fetch {url}: {reason}")]
    Fetch {
        /// The address, without its query.
        url: String,
        /// Why not, in words.
        reason: String,
    },
    /// There is no browser.
    #[error("there is no Chromium here to take a picture with")]
    NoBrowser,
    /// The browser does not do what it should.
    #[error("{program}: {reason}")]
    Browser {
        /// The program.
        program: String,
        /// What it did, in words.
        reason: String,
    },
    /// The page failed.
    #[error("the viewer cannot show the scene: {0}")]
    Page(String),
    /// Nothing was drawn.
    #[error("the viewer has drawn nothing within {} s{}", .limit.as_secs_f64(), in_words(.said))]
    NothingDrawn {
        /// For how long it was waited.
        limit: Duration,
        /// What the viewer complained of.
        said: Vec<String>,
    },
}

fn in_words(errors: &[String]) -> String {
    let errors: Vec<String> = errors.iter().map(|error| format!("; it says: {error}")).collect();
    errors.concat()
}

impl ViewError {
    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing { .. } => INSTALL,
            Self::NotThere { .. } => {
                "--viewer takes viewer.umd.js or a folder or package with it, --wasm a folder or an archive with \
                 vtkWebAssembly.mjs and vtkWebAssembly.wasm"
            }
            Self::NoBrowser => "--browser PROGRAM names one; without --screenshot any browser does",
            Self::Page(_) => "is the WebAssembly of a VTK that is older than the scene's?",
            Self::NothingDrawn { .. } => "`scenectl doctor` finds what will not show; --wait waits longer",
            Self::Io { .. } | Self::Fetch { .. } | Self::Browser { .. } => return None,
        })
    }
}
