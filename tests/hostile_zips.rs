//! Files that are no snapshots, broken ones, and ones made to harm: a clear error, never a panic, no growth.

use std::fs;

use crate::support::run::Output;
use crate::support::scene::{HASH, Scene};
use crate::support::zip::{self, Entry};
use crate::support::{fixture, names, scenectl, scratch};

const MANIFEST: &str = "vtk-wasm.json";

/// What `info` says of a file with this content.
fn info(content: &[u8]) -> Output {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    fs::write(&path, content).unwrap();
    let output = scenectl().arg("info").arg(&path).limit(20).run();
    assert_eq!(names(folder.path()), ["scene.wazex"]);
    output
}

#[track_caller]
fn refused(content: &[u8], words: &[&str]) {
    let output = info(content).fails(4, &[&["scene.wazex"], words].concat());
    assert!(output.peak < 300 << 20, "{} MiB of memory", output.peak >> 20);
}

/// The small scene with one more entry.
#[track_caller]
fn refused_with(entry: Entry, words: &[&str]) {
    let mut entries = Scene::small().entries();
    entries.push(entry);
    refused(&zip::write(&entries), words);
}

/// The small scene with an entry changed.
#[track_caller]
fn refused_after(change: impl Fn(&mut Entry), words: &[&str]) {
    let mut entries = Scene::small().entries();
    change(entries.iter_mut().find(|entry| entry.name == b"states/3").unwrap());
    refused(&zip::write(&entries), words);
}

#[test]
fn the_small_scene_is_none_of_these() {
    info(&zip::write(&Scene::small().entries())).ok();
}

#[test]
fn no_zip() {
    refused(b"", &[]);
    refused(b"PK", &[]);
    refused(b"hello, I am a text file that is long enough to hold the end of a zip if there was one", &[]);
    refused(&[0; 100_000], &[]);
    refused(&fs::read(fixture("reference/cone-vtk9.7.2.render.1.png")).unwrap(), &[]);
}

#[test]
fn a_zip_of_other_things() {
    refused(&zip::write(&[]), &[MANIFEST]);
    refused(&zip::write(&[Entry::stored("readme.txt", "hello")]), &[MANIFEST]);
}

/// A download that broke off, at many places.
#[test]
fn cut_off() {
    let whole = zip::write(&Scene::small().entries());
    for kept in (0..whole.len()).step_by(whole.len() / 25).chain([whole.len() - 1]) {
        refused(&whole[..kept], &[]);
    }
}

/// Any byte may be wrong: the answer is the scene or an error.
#[test]
fn a_wrong_byte() {
    let whole = zip::write(&Scene::small().entries());
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        let output = info(&damaged);
        assert!(matches!(output.code, Some(0 | 3 | 4)), "byte {at}: {output:?}");
    }
}

#[test]
fn manifests() {
    for manifest in
        ["", "{", "[]", "7", "{}", r#"{"ids": 1}"#, r#"{"ids": [{}]}"#, r#"{"ids": [77]}"#, r#"{"ids": ["x"]}"#]
    {
        let mut entries = Scene::small().entries();
        entries[0] = Entry::stored(MANIFEST, manifest);
        refused(&zip::write(&entries), &[]);
    }
    let mut entries = Scene::small().entries();
    entries[0] = Entry::stored(MANIFEST, b"{\"vtk\": \"\xff\", \"ids\": [1]}");
    refused(&zip::write(&entries), &[MANIFEST]);
}

/// Kitware's own exporter writes a blob once per array, so equal ones are fine. A second state is not.
#[test]
fn duplicates() {
    refused_with(Entry::stored("states/3", r#"{"ClassName":"vtkObject","Id":3,"MTime":1}"#), &["states/3"]);
    refused_with(Entry::stored(format!("blobs/{HASH}"), [1; 64]), &[HASH]);
    let mut entries = Scene::small().entries();
    entries.push(entries.last().unwrap().clone());
    info(&zip::write(&entries)).ok();
}

#[test]
fn names_that_lead_elsewhere() {
    for name in
        ["states/../../x", "states//etc/passwd", "blobs/../x", "blobs/a/b", "blobs/..", "states/a\\b", "blobs/C:x"]
    {
        refused_with(Entry::stored(name, "{}"), &[]);
    }
    // Outside of the folders that matter, nothing matters.
    let mut entries = Scene::small().entries();
    entries.push(Entry::stored("../../x", "hello"));
    entries.push(Entry::stored("/etc/passwd", "hello"));
    let folder = scratch();
    let path = folder.path().join("a/scene.wazex");
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(&path, zip::write(&entries)).unwrap();
    let output = scenectl().arg("convert").arg(&path).arg(folder.path().join("a/out/")).run();
    assert!(matches!(output.code, Some(0 | 4)), "{output:?}");
    assert_eq!(names(folder.path()), ["a"]);
    assert!(!folder.path().join("a/x").exists());
}

#[test]
fn names_that_are_no_text() {
    let mut entries = Scene::small().entries();
    entries.push(Entry::stored(b"blobs/\xff\xfe".to_vec(), "data"));
    let output = info(&zip::write(&entries));
    assert!(matches!(output.code, Some(0 | 4)), "{output:?}");
}

/// Small entries that would be gigabytes.
#[test]
fn bombs() {
    const TWO_GIB: usize = (2 << 30) / (8 * 258);
    // It says what it is; it says that it is small; it says that it is everything.
    let honest = Entry::bomb("states/10", TWO_GIB);
    refused_with(Entry { size: 100, ..honest.clone() }, &["states/10"]);
    refused_with(Entry { size: u32::MAX - 1, ..honest.clone() }, &["states/10"]);
    refused_with(honest, &["states/10"]);
    let manifest = Entry::bomb(MANIFEST, TWO_GIB);
    refused(&zip::write(&[Entry { size: 100, ..manifest.clone() }]), &[MANIFEST]);
    refused(&zip::write(&[manifest]), &[MANIFEST]);
    refused_with(Entry::bomb("scenectl.json", TWO_GIB), &["scenectl.json"]);
}

/// No state is suspect, all together are.
#[test]
fn a_bomb_in_many_pieces() {
    let state = format!(r#"{{"ClassName": "vtkObject", "Name": "{}"}}"#, "x".repeat(1_000_000));
    let piece = Entry::deflated("states/10", state);
    let mut entries = Scene::small().entries();
    entries.extend((10..60).map(|id| Entry { name: format!("states/{id}").into(), ..piece.clone() }));
    refused(&zip::write(&entries), &["bytes of states in", "this is no scene"]);
}

/// Many entries that share the same bytes: small for the disk, large for memory.
#[test]
fn entries_on_top_of_each_other() {
    let mut zip = zip::write(&Scene::small().entries());
    let places: Vec<usize> = (0..zip.len() - 4).filter(|at| zip[*at..].starts_with(b"PK\x01\x02")).collect();
    let first = zip[places[1] + 42..][..4].to_vec();
    zip[places[2] + 42..][..4].copy_from_slice(&first);
    refused(&zip, &[]);
}

#[test]
fn sizes_and_checksums_that_are_wrong() {
    refused_after(|entry| entry.crc ^= 1, &["states/3"]);
    refused_after(|entry| entry.size += 1, &["states/3"]);
    refused_after(|entry| entry.size -= 1, &["states/3"]);
    refused_after(|entry| entry.packed_size += 10_000_000, &["states/3"]);
    refused_after(|entry| entry.packed_size = 3, &["states/3"]);
    refused_after(|entry| entry.packed.fill(0xff), &["states/3"]);
}

#[test]
fn what_is_not_read() {
    refused_after(|entry| entry.method = 12, &["states/3"]);
    refused_after(|entry| entry.flags = 1, &["states/3", "encrypted"]);
}

#[test]
fn states_that_are_no_states() {
    let deep = format!(r#"{{"ClassName":"x","Id":3,"MTime":1,"Deep":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
    for text in ["", "{", "null", "[]", "7", "\"text\"", "{\"Id\":3}x"] {
        let mut entries = Scene::small().entries();
        entries.retain(|entry| entry.name != b"states/3");
        entries.push(Entry::stored("states/3", text));
        let output = info(&zip::write(&entries));
        let told = output.code == Some(4) || output.text().contains("broken");
        assert!(told, "nothing is said of a state `{text}`:\n{}", output.text());
    }
    for text in [deep.as_bytes(), b"{\"ClassName\":\"\xff\",\"Id\":3,\"MTime\":1}"] {
        let mut entries = Scene::small().entries();
        entries.retain(|entry| entry.name != b"states/3");
        entries.push(Entry::stored("states/3", text));
        let output = info(&zip::write(&entries));
        assert!(matches!(output.code, Some(0 | 3 | 4)), "{output:?}");
    }
    refused_with(Entry::stored("scenectl.json", "{"), &["scenectl.json"]);
    refused_with(
        Entry::stored("scenectl.json", r#"{"version":99,"dialect":"vtklocal","roots":[],"without_state":[]}"#),
        &["scenectl.json", "newer"],
    );
}

/// What is wrong with a blob is found by whoever reads it.
#[test]
fn blobs_that_are_damaged() {
    let mut entries = Scene::small().entries();
    entries.last_mut().unwrap().crc ^= 1;
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    fs::write(&path, zip::write(&entries)).unwrap();
    for target in ["copy.wazex", "copy/"] {
        scenectl().arg("convert").arg(&path).arg(folder.path().join(target)).run().fails(4, &[HASH]);
    }
    assert_eq!(names(folder.path()), ["scene.wazex"]);
}

#[test]
fn folders_that_are_none() {
    let folder = scratch();
    scenectl().arg("info").arg(folder.path()).run().fails(4, &[MANIFEST]);
    fs::write(folder.path().join(MANIFEST), "{}").unwrap();
    scenectl().arg("info").arg(folder.path()).run().fails(4, &[MANIFEST]);
}

#[test]
fn all_verbs_refuse_them_alike() {
    let folder = scratch();
    let path = folder.path().join("scene.wazex");
    fs::write(&path, "no zip").unwrap();
    let out = folder.path().join("out.wazex");
    let out = out.to_str().unwrap();
    let rests = [
        &["info"][..],
        &["ls"],
        &["tree"],
        &["get", "1"],
        &["convert", out],
        &["replay"],
        &["set", "1", "Size=[1,1]", "-o", out],
    ];
    for args in rests {
        let (verb, rest) = args.split_first().unwrap();
        scenectl().arg(verb).arg(&path).args(rest).run().fails(4, &["scene.wazex", "hint: "]);
    }
    assert_eq!(names(folder.path()), ["scene.wazex"]);
}
