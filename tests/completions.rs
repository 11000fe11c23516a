//! `completions`: what is committed is what the binary generates.

use std::fs;
use std::path::Path;

use crate::support::scenectl;

#[test]
fn committed_completions_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, name) in [
        ("bash", "scenectl.bash"),
        ("zsh", "_scenectl"),
        ("fish", "scenectl.fish"),
        ("powershell", "_scenectl.ps1"),
        ("elvish", "scenectl.elv"),
    ] {
        let output = scenectl().args(["completions", shell]).run().ok();
        assert!(output.text().contains("scenectl"));
        let file = folder.join(name);
        if std::env::var_os("SCENECTL_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, output.text()).unwrap();
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == output.text(),
            "completions/{name} is stale: `scenectl completions {shell} > completions/{name}`, or SCENECTL_BLESS=1"
        );
    }
}

#[test]
fn unknown_shells() {
    scenectl().args(["completions", "tcsh"]).run().code(2);
}
