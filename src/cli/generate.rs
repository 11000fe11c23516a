//! What comes from the command line itself: `completions`, `man`, `help`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl completions bash > ~/.local/share/bash-completion/completions/scenectl
  scenectl completions zsh > ~/.zfunc/_scenectl
  scenectl completions fish > ~/.config/fish/completions/scenectl.fish")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Shells with completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Elvish,
}

/// `man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl man | man -l -
  scenectl man --dir ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write scenectl.1, a page per verb and a page per topic into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// `help`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scenectl help                  all verbs and topics
  scenectl help pull             a verb, as `scenectl pull --help`
  scenectl help selectors        a topic: sources, selectors, formats, exit-codes")]
pub struct HelpArgs {
    /// A verb or a topic
    #[arg(value_name = "VERB|TOPIC")]
    pub about: Option<String>,
}
