use std::io::Write as _;
use std::path::Path;

use super::super::ViserFiles;
use super::super::read::parse;
use super::*;
use crate::analysis::diff;
use crate::protocol::Files;
use crate::protocol::msgpack::Reader;
use crate::protocol::viser::fixtures;
use crate::protocol::viser::message::{Value, placeholder};
use crate::protocol::viser::words::{Field, plain};

fn file_of(name: &str) -> Bytes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/viser").join(name);
    std::fs::read(path).unwrap().into()
}

fn changes(a: &Scene, b: &Scene) -> usize {
    diff::diff(a, b, &diff::Options::default()).unwrap().changes.len()
}

#[test]
fn real_files_are_read() {
    let told = ViserFiles.read(file_of("animated.viser")).unwrap();
    assert_eq!((told.program.as_str(), told.chronicle.moments()[0].time.as_secs()), ("viser 1.1.1", 0));
    assert!(told.chronicle.moments().len() > 10 && told.length.as_secs_f64() > 0.5);
    for name in ["basic.viser", "mesh.viser"] {
        assert!(ViserFiles.recognises(&file_of(name)[..16]));
        let told = ViserFiles.read(file_of(name)).unwrap();
        assert_eq!((told.chronicle.moments().len(), told.length.as_secs()), (1, 0), "{name}");
        let scene = told.chronicle.scene(0).unwrap();
        assert!(scene.objects().len() > 3 && scene.producer.as_deref() == Some("viser 1.1.1"), "{name}");
    }
}

#[test]
fn what_is_written_is_what_was_read() {
    for name in ["basic.viser", "mesh.viser", "animated.viser"] {
        let data = file_of(name);
        let told = ViserFiles.read(data.clone()).unwrap();
        let written = told.chronicle.write().unwrap().unwrap();
        let again = ViserFiles.read(written.data.clone().into()).unwrap();
        assert!(written.lost.is_empty() && written.without.is_empty(), "{:?}", written.without);
        assert_eq!((again.length, again.chronicle.moments().len()), (told.length, told.chronicle.moments().len()));
        for moment in 0..again.chronicle.moments().len() {
            let (a, b) = (again.chronicle.scene(moment).unwrap(), told.chronicle.scene(moment).unwrap());
            assert_eq!(again.chronicle.moments()[moment].time, told.chronicle.moments()[moment].time);
            assert_eq!(changes(&a, &b), 0, "{name} {moment}");
        }
        let scene = told.chronicle.scene(0).unwrap();
        let still = ViserFiles.write_scene(&scene).unwrap();
        let (length, version, messages) = parse(&still.data.clone().into());
        assert!(length == 0.0 && version == "1.1.1" && messages.iter().all(|(time, _)| *time == 0.0));
        let still = ViserFiles.read(still.data.into()).unwrap().chronicle.scene(0).unwrap();
        assert_eq!(changes(&still, &scene), 0, "{name}");
    }
}

/// A time that is no number hides nothing.
#[test]
fn messages_of_any_time_are_heard() {
    let mut messages = Vec::new();
    for (name, time) in [("/a", f64::NAN), ("/b", f64::NAN), ("/c", f64::INFINITY), ("/d", -1.0)] {
        messages.extend(head(time));
        let fields = [
            ("name", Field::Text(Some(name))),
            ("owner", Field::Text(Some(""))),
            ("virtual", Field::Flag(false)),
            ("props", Field::Packed(b"\x80")),
        ];
        messages.extend_from_slice(plain("FrameMessage", &fields).unwrap().bytes());
    }
    let told = ViserFiles.read(file(&messages, 4, 0.0, "1.1.1", &[]).unwrap().into()).unwrap();
    let last = told.chronicle.moments().len() - 1;
    // The root, and one for each message.
    assert_eq!((told.messages, told.chronicle.scene(last).unwrap().objects().len()), (4, 5));
}

/// As viser wrote them before 1.0.25: no buffers, plain bytes in the messages.
#[test]
fn older_files_are_read() {
    let told = ViserFiles.read(file_of("mesh.viser")).unwrap();
    let (_, _, messages) = parse(&file_of("mesh.viser"));
    let mut body = Vec::new();
    let _ = encode::write_map_len(&mut body, 3);
    let _ = encode::write_str(&mut body, "durationSeconds");
    let _ = encode::write_uint(&mut body, 0);
    let _ = encode::write_str(&mut body, "messages");
    let _ = encode::write_array_len(&mut body, messages.len() as u32);
    for (time, message) in &messages {
        body.extend_from_slice(&head(*time));
        plain_map(message.fields().collect(), &mut body);
    }
    let _ = encode::write_str(&mut body, "viserVersion");
    let _ = encode::write_str(&mut body, "1.0.16");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&body).unwrap();
    let mut zstd = (body.len() as u64).to_le_bytes().to_vec();
    zstd.extend(zstd::bulk::compress(&body, 3).unwrap());
    for data in [gzip.finish().unwrap(), zstd] {
        let old = ViserFiles.read(data.into()).unwrap();
        assert_eq!(old.program, "viser 1.0.16");
        assert_eq!(changes(&old.chronicle.scene(0).unwrap(), &told.chronicle.scene(0).unwrap()), 0);
    }
}

/// Writes a value with its arrays as bytes.
fn plain_bytes(value: &Value<'_>, out: &mut Vec<u8>) {
    let members: Vec<_> = value.members().collect();
    if let Some(found) = placeholder(&mut Reader::new(value.data)) {
        let bytes = value.buffer(found.index).unwrap();
        let _ = encode::write_bin(out, bytes);
    } else if members.is_empty() {
        out.extend_from_slice(value.data);
    } else {
        plain_map(members, out);
    }
}

fn plain_map(members: Vec<(&str, Value<'_>)>, out: &mut Vec<u8>) {
    let _ = encode::write_map_len(out, members.len() as u32);
    for (name, value) in members {
        let _ = encode::write_str(out, name);
        plain_bytes(&value, out);
    }
}

#[test]
fn broken_and_hostile_files_are_refused() {
    let good = file_of("basic.viser");
    for len in [0, 7, 12, 40, good.len() - 1] {
        assert!(ViserFiles.read(good.slice(..len)).is_err(), "{len}");
    }
    let packed = |claimed: u64, body: &[u8]| {
        let mut data = claimed.to_le_bytes().to_vec();
        data.extend(zstd::bulk::compress(body, 3).unwrap());
        Bytes::from(data)
    };
    // A bomb, a length that is none, a message that is none, buffers that are not there.
    assert!(ViserFiles.read(packed(1 << 40, &[0; 100])).err().unwrap().contains("at most"));
    assert!(ViserFiles.read(packed(1 << 30, &[0; 100])).is_err());
    assert!(ViserFiles.read(packed(3, b"\xff\xff\xff")).is_err());
    for inner in
        [&b"\x81\xa8messages\x91\x93"[..], b"\x81\xa8messages\x91\x92\0\x90", b"\x81\xa8messages\xdd\xff\xff\xff\xff"]
    {
        assert!(ViserFiles.read(packed(inner.len() as u64, inner)).is_err());
    }
}

#[test]
fn what_such_files_have_no_room_for_is_told() {
    let mut line = crate::protocol::viser::chronicle::Line::new(Default::default());
    for (time, data) in fixtures::timed_frames("gui.raw") {
        let frame = crate::protocol::viser::frame::Frame::decode(&data, Default::default()).unwrap();
        let kept = crate::protocol::viser::chronicle::Kept::Frame(crate::scene::Blob::Memory(data));
        line.hear(time, frame.messages, kept);
    }
    let story = Story::new(vec![line], std::time::Duration::from_secs(5), None);
    let written = write_story(&story).unwrap();
    assert!(
        written.without.iter().any(|(kind, many)| kind.starts_with("GuiSlider") && *many > 0),
        "{:?}",
        written.without
    );
}
