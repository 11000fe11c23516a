//! Snapshots of several VTK versions: they load, go round, and real VTK draws them as before.

use crate::support::files::Content;
use crate::support::{fixture, peers, scenectl, scratch};

const REFERENCES: [&str; 8] = [
    "cone-vtk9.4.2",
    "cone-vtk9.5.2",
    "cone-vtk9.6.2",
    "cone-vtk9.7.2",
    "mixed-vtk9.7.2",
    "two-vtk9.7.2",
    "volume24-vtk9.7.2",
    "porsche",
];

/// File to folder to file: the states, the blobs and the roots stay, and the way there and back gives the same bytes.
#[test]
fn they_go_round() {
    let folder = scratch();
    for name in REFERENCES {
        let original = fixture(&format!("reference/{name}.wazex"));
        let [first, unpacked, second] =
            ["first.wazex", "unpacked/", "second.wazex"].map(|part| folder.path().join(format!("{name}.{part}")));
        for (from, to) in [(&original, &first), (&first, &unpacked), (&unpacked, &second)] {
            scenectl().arg("convert").arg(from).arg(to).run().ok();
        }
        let wanted = Content::of(&original);
        for snapshot in [&first, &unpacked, &second] {
            let content = Content::of(snapshot);
            content.assert_same_bytes(&wanted);
            assert_eq!(content.roots(), wanted.roots(), "{name}");
        }
        assert!(std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap(), "{name}: the same bytes again");
    }
}

#[test]
fn real_vtk_draws_what_was_converted() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    for name in REFERENCES {
        let original = fixture(&format!("reference/{name}.wazex"));
        let [packed, unpacked] = ["small.wazex", "unpacked/"].map(|part| folder.path().join(format!("{name}.{part}")));
        scenectl().arg("convert").arg(&original).arg(&packed).arg("--compress").run().ok();
        scenectl().arg("convert").arg(&packed).arg(&unpacked).run().ok();
        for snapshot in [&packed, &unpacked] {
            peers::verify_snapshot(&python, snapshot, &original);
        }
    }
}

/// The pictures that the servers themselves took.
#[test]
fn real_vtk_draws_the_picture_of_the_server() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    for name in REFERENCES.into_iter().filter(|name| *name != "porsche") {
        let packed = folder.path().join(format!("{name}.wazex"));
        scenectl().arg("convert").arg(fixture(&format!("reference/{name}.wazex"))).arg(&packed).run().ok();
        peers::verify_snapshot(&python, &packed, &fixture(&format!("reference/{name}.render.1.png")));
    }
}
