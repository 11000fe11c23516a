//! `help`: verbs and topics.

use crate::support::scenectl;

#[test]
fn topics_are_explained_and_fit_a_terminal() {
    let main = scenectl().arg("help").run().ok();
    for (topic, word) in [
        ("sources", "demo:"),
        ("selectors", "//vtkTexture"),
        ("formats", "ExportToBytes"),
        ("exit-codes", "something was lost"),
    ] {
        assert!(main.text().contains(topic), "{}", main.text());
        let help = scenectl().args(["help", topic]).run().ok();
        assert!(help.text().contains(word), "{}", help.text());
        assert!(help.text().lines().all(|line| line.chars().count() <= 120), "{topic}");
    }
}

#[test]
fn verbs_are_explained_as_by_their_own_option() {
    for verb in ["pull", "relay-set", "help"] {
        let own = scenectl().args([verb, "--help"]).run().ok();
        assert_eq!(scenectl().args(["help", verb]).run().ok().text(), own.text());
    }
    assert_eq!(scenectl().arg("help").run().ok().text(), scenectl().arg("--help").run().ok().text());
    scenectl().args(["help", "nothing"]).run().fails(2, &["nothing", "selectors", "hint: "]);
}

/// Every selector of the topic is one.
#[test]
fn what_the_topic_shows_works() {
    let help = scenectl().args(["help", "selectors"]).run().ok();
    let shown = help.text().lines().filter_map(|line| line.strip_prefix("  ")?.split_once("   "));
    let mut tried = 0;
    for (selector, _) in shown.filter(|(selector, _)| !selector.contains(['"', ' ', '.'])) {
        let listed = scenectl().args(["ls", "demo:", "--json", selector.trim()]).run();
        assert!(listed.code == Some(0) || listed.stderr.contains("root"), "{selector}: {listed:?}");
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
}
