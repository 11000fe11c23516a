//! `man`: manual pages, generated from the command line itself.

use anyhow::{Context as _, Result};
use clap::CommandFactory;
use clap_mangen::Man;
use roff::{Roff, roman};

use super::{Context, Outcome};
use crate::cli::{Cli, ManArgs, TOPICS, Topic};
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
    for topic in &TOPICS {
        let path = folder.join(format!("scenectl-{}.7", topic.name));
        std::fs::write(&path, page(topic)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !context.global.quiet {
        note(format!("wrote the manual pages into {}", folder.display()));
    }
    Ok(Outcome::Done)
}

/// A topic as a manual page; its text stays as it is.
fn page(topic: &Topic) -> String {
    let title = format!("scenectl-{}", topic.name);
    let mut page = Roff::new();
    page.control("TH", [title.as_str(), "7"]);
    page.control("SH", ["NAME"]);
    page.text([roman(format!("{title} - {}", topic.about))]);
    page.control("SH", ["DESCRIPTION"]);
    page.control("nf", []);
    for line in topic.text.lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
    page.render()
}
