//! Classes that the client can build.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::analysis::doctor::{ClientClasses, Draft, Exam, Patient};

use super::super::alias::without_platform;
use super::codes::{UNKNOWN_CLASS, UNUSUAL_CLASS};

/// The classes of the bundle that the npm package `@pyvista-wasm/vtk-wasm-binary` publishes; its version first.
const TABLE: &str = include_str!("classes.txt");

/// The longest class name that is looked for; a template's is longer, but has no file.
const LONGEST: usize = 128;
/// More classes than this are not in any VTK.
const MOST: usize = 20_000;

static SOURCE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("SerDes.cxx"));
static VERSION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("vtk version "));

pub(super) fn rule(exam: &Exam<'_>, found: &mut Vec<Draft>) {
    let client = exam.client.map_or_else(|| Cow::Owned(built_in()), Cow::Borrowed);
    let mut unknown: BTreeMap<&str, (usize, &Patient<'_>)> = BTreeMap::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for patient in exam.objects.iter().filter(|patient| patient.is_reachable && !patient.head.class.is_empty()) {
        let class = patient.head.class.as_ref();
        if known.contains(class) {
            continue;
        }
        if let Some((count, _)) = unknown.get_mut(class) {
            *count += 1;
        } else if is_known(&client, patient) {
            known.insert(class);
        } else {
            unknown.insert(class, (1, patient));
        }
    }
    for (class, (count, first)) in unknown {
        let objects = if count == 1 { String::new() } else { format!(" ({count} objects)") };
        let version = client.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let nearest = first.head.ancestors.iter().rev().find(|ancestor| can_stand_in(&client, ancestor));
        let instead = match nearest {
            Some(ancestor) => format!("the browser builds a {ancestor} in its place"),
            None => String::from("the browser builds nothing in its place"),
        };
        let text = format!(
            "{class}{objects} is not among the {} classes of {}{version}: {instead}",
            client.classes.len(),
            client.name
        );
        let code = if client.is_given { &UNKNOWN_CLASS } else { &UNUSUAL_CLASS };
        found.push(Draft::of(code, first.id, text));
    }
}

/// What a client builds under another name is known, too: windows and interactors of a platform, arrays
/// (all go through one helper), and what is drawn by another library.
fn is_known(client: &ClientClasses, patient: &Patient<'_>) -> bool {
    const BUILT_OTHERWISE: [&str; 3] = ["vtkRenderWindow", "vtkRenderWindowInteractor", "vtkDataArray"];
    let class = patient.head.class.as_ref();
    let has = |class: &str| client.classes.contains(class);
    let plain = without_platform(class);
    let drawn = plain.strip_prefix("vtk").map(|rest| format!("vtkOpenGL{rest}")).unwrap_or_default();
    has(class)
        || BUILT_OTHERWISE.iter().any(|base| patient.head.is_a(base) && has(base))
        || has(plain.as_ref())
        || has(&drawn)
}

/// True for a class that can be built: bundles name abstract ones, too.
fn can_stand_in(client: &ClientClasses, class: &str) -> bool {
    const ABSTRACT: [&str; 13] = [
        "vtkObjectBase",
        "vtkObject",
        "vtkProp",
        "vtkProp3D",
        "vtkAlgorithm",
        "vtkAbstractMapper",
        "vtkAbstractMapper3D",
        "vtkMapper",
        "vtkAbstractVolumeMapper",
        "vtkVolumeMapper",
        "vtkDataSet",
        "vtkAbstractArray",
        "vtkImageMapper3D",
    ];
    client.classes.contains(class) && !ABSTRACT.contains(&class)
}

fn built_in() -> ClientClasses {
    let mut lines = TABLE.lines();
    ClientClasses {
        version: lines.next().map(str::to_owned),
        name: String::from("the VTK.wasm bundle"),
        classes: lines.map(str::to_owned).collect(),
        is_given: false,
    }
}

/// A bundle holds the names of its source files: `…/vtkActorSerDes.cxx`.
pub(super) fn read_client(part: &[u8], client: &mut ClientClasses) {
    for at in SOURCE.find_iter(part) {
        let before = part.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
        let start = before.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |k| k + 1);
        let Ok(name) = std::str::from_utf8(before.get(start..).unwrap_or_default()) else { continue };
        if name.starts_with("vtk") && name.len() > 3 && client.classes.len() < MOST {
            client.classes.insert(name.to_owned());
        }
    }
    for at in VERSION.find_iter(part) {
        let after = part.get(at + 12..).unwrap_or_default();
        let length = after.iter().take(32).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let version = std::str::from_utf8(after.get(..length).unwrap_or_default()).unwrap_or_default();
        if version.contains('.') && client.version.as_deref().is_none_or(|known| known.len() < version.len()) {
            client.version = Some(version.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_doubles() {
        let classes: Vec<&str> = TABLE.lines().skip(1).collect();
        assert!(classes.is_sorted_by(|a, b| a < b));
        assert_eq!((classes.len(), built_in().classes.len()), (617, 617));
        assert_eq!(built_in().version.as_deref(), Some("9.6.20260228"));
    }

    #[test]
    fn classes_are_read_out_of_a_program() {
        let mut client = ClientClasses::default();
        let part = b"\0/builds/x/vtkActorSerDes.cxx\0vtkFooSerDes.cxx\0xyzSerDes.cxx\0vtk version 9.6.20260228\0vtk version :\n";
        read_client(part, &mut client);
        assert_eq!(client.classes.iter().collect::<Vec<_>>(), ["vtkActor", "vtkFoo"]);
        assert_eq!(client.version.as_deref(), Some("9.6.20260228"));
    }
}
