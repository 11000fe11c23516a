//! Arrays of real VTK, read by us and by NumPy.

use crate::support::{peers, scratch};

/// Every type, width and slice: files, text and statistics are what NumPy has.
#[test]
fn arrays_are_what_numpy_reads() {
    let Some(python) = peers::python() else { return };
    let folder = scratch();
    let said = python.run("numpy_arrays.py", &[env!("CARGO_BIN_EXE_scenectl"), folder.path().to_str().unwrap()]);
    assert_eq!(said["problems"], serde_json::json!([]), "{said}");
    assert!(said["arrays"].as_u64() > Some(60) && said["compared"].as_u64() > Some(1400), "{said}");
}
