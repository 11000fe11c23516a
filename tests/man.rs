//! `man`.

use std::fs;

use crate::support::{names, scenectl, scratch};

#[test]
fn one_page() {
    let output = scenectl().arg("man").run().ok();
    assert!(output.text().contains(".TH scenectl 1"), "{}", output.text());
    assert!(output.text().contains("Exit codes"), "{}", output.text());
}

#[test]
fn a_page_per_verb() {
    let folder = scratch();
    scenectl().args(["man", "--dir"]).arg(folder.path().join("man1")).run().ok();
    let pages = names(&folder.path().join("man1"));
    for verb in ["pull", "info", "ls", "tree", "get", "set", "convert", "replay", "completions", "man"] {
        let page = format!("scenectl-{verb}.1");
        assert!(pages.contains(&page), "{page} is not in {pages:?}");
        assert!(fs::read_to_string(folder.path().join("man1").join(page)).unwrap().contains("scenectl"));
    }
    assert!(pages.contains(&String::from("scenectl.1")));
    for topic in ["sources", "selectors", "formats", "exit-codes"] {
        let page = fs::read_to_string(folder.path().join(format!("man1/scenectl-{topic}.7"))).unwrap();
        assert!(page.contains(&format!("scenectl\\-{}", topic.replace('-', "\\-"))), "{page}");
    }
}
