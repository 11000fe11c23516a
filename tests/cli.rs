//! The command line itself: help, versions, wrong arguments, pipes that close.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{fixture, scenectl};

const VERBS: &[&str] = &[
    "pull",
    "info",
    "ls",
    "tree",
    "get",
    "query",
    "set",
    "shell",
    "convert",
    "diff",
    "patch",
    "check",
    "accept",
    "doctor",
    "top",
    "extract",
    "export",
    "report",
    "record",
    "import",
    "replay",
    "relay",
    "relay-set",
    "watch",
    "view",
    "ping",
    "call",
    "sub",
    "completions",
    "man",
    "help",
];

/// Every flag and every word of help, so that a change of them shows in a review.
#[test]
fn the_reference_is_fresh() {
    let mut reference = scenectl().arg("--help").run().ok().text().to_owned();
    for verb in VERBS {
        let help = scenectl().args([verb, "--help"]).run().ok();
        reference.push_str(&format!("\n{:=<100}\nscenectl {verb}\n{:=<100}\n{}", "", "", help.text()));
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli-reference.txt");
    if std::env::var_os("SCENECTL_BLESS").is_some() {
        fs::write(&file, &reference).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    for (ours, theirs) in reference.lines().zip(committed.lines()) {
        assert_eq!(ours, theirs, "tests/cli-reference.txt is stale: run the tests with SCENECTL_BLESS=1");
    }
    assert!(reference == committed, "tests/cli-reference.txt is stale: run the tests with SCENECTL_BLESS=1");
}

/// A new verb must be in the reference.
#[test]
fn all_verbs_are_known_here() {
    let help = scenectl().arg("--help").run().ok();
    let commands = help.text().split_once("Commands:").unwrap().1;
    let listed: Vec<_> = commands
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert_eq!(listed, VERBS);
}

/// Help is complete by itself: it has examples and says what the exit codes are.
#[test]
fn help_helps() {
    for verb in VERBS {
        let help = scenectl().args([verb, "--help"]).run().ok();
        assert!(help.text().contains("Examples:"), "{verb}:\n{}", help.text());
        assert!(help.text().contains(&format!("scenectl {verb}")), "{verb}:\n{}", help.text());
        for line in help.text().lines() {
            assert!(line.chars().count() <= 120, "{verb}: {line}");
        }
    }
    assert!(scenectl().arg("--help").run().ok().text().contains("Exit codes:"));
}

#[test]
fn version() {
    let output = scenectl().arg("--version").run().ok();
    assert_eq!(output.text(), format!("scenectl {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_command_lines() {
    for args in [&[][..], &["explode"], &["get"], &["get", "x"], &["pull"], &["ls", "demo:", "--no-such-flag"]] {
        let output = scenectl().args(args).run().code(2);
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{args:?}");
    }
    for args in [["--timeout", "soon"], ["--max-message", "5 bananas"], ["--timeout", "-1"], ["--color", "pink"]] {
        scenectl().args(["pull", "demo:"]).args(args).run().code(2);
    }
}

/// What is neither a file nor an address.
#[test]
fn sources_that_are_none() {
    for verb in [&["info"][..], &["ls"], &["tree"], &["get", "1"], &["pull"], &["replay"], &["convert", "out.wazex"]] {
        let (verb, rest) = verb.split_first().unwrap();
        let output = scenectl().args([verb, "no-such-file.wazex"]).args(rest).run();
        output.fails(2, &["no-such-file.wazex", "hint: "]);
    }
}

/// `scenectl ls SCENE | head -1` says nothing on stderr.
#[test]
fn a_closed_pipe_is_quiet() {
    let scene = fixture("reference/porsche.wazex");
    for args in [&["ls"][..], &["ls", "--json"], &["tree"], &["get", "*"], &["info"], &["convert", "-"]] {
        let (verb, rest) = args.split_first().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_scenectl"))
            .arg(verb)
            .arg(&scene)
            .args(rest)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn colours_only_on_demand() {
    let tree = |args: &[&str]| scenectl().arg("tree").arg(fixture("small")).args(args).run().ok().text().to_owned();
    assert!(!tree(&[]).contains('\x1b'));
    assert!(tree(&["--color", "always"]).contains('\x1b'));
    assert!(!tree(&["--color", "never"]).contains('\x1b'));
}
