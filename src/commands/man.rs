//! `man`: manual pages, generated from the command line itself.

use anyhow::{Context as _, Result};
use clap::CommandFactory;
use clap_mangen::Man;

use super::{Context, Outcome};
use crate::cli::{Cli, ManArgs};
use crate::render::note;

pub(super) fn run(context: &mut Context, args: &ManArgs) -> Result<Outcome> {
    let command = Cli::command();
    let Some(folder) = &args.dir else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        context.out.text(page)?;
        return Ok(Outcome::Done);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut built = command;
    built.build();
    clap_mangen::generate_to(built, folder).with_context(|| format!("cannot write into {}", folder.display()))?;
    if !context.global.quiet {
        note(format!("wrote the manual pages into {}", folder.display()));
    }
    Ok(Outcome::Done)
}
