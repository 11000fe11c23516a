//! `pull` over a link with a long way.

use std::time::Duration;

use crate::support::server::Server;
use crate::support::{peers, proxy, scenectl};

/// 50 ms there and back: one call after the other would take a minute.
#[test]
fn round_trips_are_few() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "actors", &["--size", "500"]);
    let far = proxy::delayed(&server.url, Duration::from_millis(25));
    let pull = |url: &str| {
        let output = scenectl().args(["pull", url, "--json"]).run().ok();
        assert_eq!(output.json()["states"], server.ready["states"]);
        output.elapsed
    };
    let near = pull(&server.url);
    let far = pull(&far);
    let extra = far.saturating_sub(near);
    // One after the other they would take minutes; a busy machine takes some seconds at most.
    assert!(extra < Duration::from_secs(10), "{far:?} instead of {near:?}");
}
