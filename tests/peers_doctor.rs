//! `doctor` of real servers.

use serde_json::Value;

use crate::support::server::Server;
use crate::support::{peers, scenectl};

fn codes(server: &Server, args: &[&str]) -> Vec<String> {
    let report = scenectl().args(["doctor", &server.url, "--json"]).args(args).run().ok().json();
    let findings: Vec<Value> = report["findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn healthy_servers_have_no_findings() {
    let Some(python) = peers::python() else { return };
    for (scene, args) in [("cone", &[][..]), ("mixed", &[]), ("two", &[]), ("volume", &["--size", "16"])] {
        let server = Server::start(&python, scene, args);
        assert_eq!(codes(&server, &[]), [""; 0], "{scene}");
        server.assert_never_told_to_exit();
    }
}

/// What is known of this server: it keeps all blobs, and the mapper of every scene never settles.
#[test]
fn a_probe_sees_what_updates_leave_behind() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &[]);
    assert_eq!(codes(&server, &["--probe", "0.5"]), ["I304"]);
    let server = Server::start(&python, "animated", &["--interval", "0.1"]);
    let found = codes(&server, &["--probe", "4"]);
    for code in ["W213", "W214", "I304"] {
        assert!(found.iter().any(|found| found == code), "{code} is not in {found:?}");
    }
    server.assert_never_told_to_exit();
}
