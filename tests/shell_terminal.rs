//! `shell` at a terminal: `script` of util-linux makes one.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::files::Content;
use crate::support::{fixture, scratch};

/// Somebody at a terminal.
struct Person {
    child: Child,
    to: ChildStdin,
    /// What came so far, and how much of it was read.
    seen: Arc<Mutex<String>>,
    read: usize,
}

impl Person {
    fn at_a_shell(folder: &Path, args: &[&str]) -> Self {
        let line = format!("exec '{}' shell {}", env!("CARGO_BIN_EXE_scenectl"), args.join(" "));
        let mut command = Command::new("script");
        command.args(["-qefc", &line, "/dev/null"]).current_dir(folder);
        command.env("XDG_STATE_HOME", folder).env("TERM", "xterm").env("SHELL", "/bin/sh").env_remove("NO_COLOR");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script is installed");
        let (to, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let seen = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&seen);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut bytes) {
                heard.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        });
        Self { child, to, seen, read: 0 }
    }

    /// Waits until this comes, behind what was waited for before.
    #[track_caller]
    fn sees(&mut self, text: &str) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            if let Some(at) = self.seen.lock().unwrap()[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("`{text}` does not come: {:?}", self.seen.lock().unwrap());
    }

    fn types(&mut self, keys: &str) {
        self.to.write_all(keys.as_bytes()).unwrap();
        self.to.flush().unwrap();
    }

    #[track_caller]
    fn has_left(mut self, code: i32) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert_eq!(status.code(), Some(code), "{:?}", self.seen.lock().unwrap());
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        panic!("it does not end: {:?}", self.seen.lock().unwrap());
    }
}

#[test]
fn keys_and_what_is_remembered() {
    let folder = scratch();
    fs::copy(fixture("reference/mixed-vtk9.7.2.wazex"), folder.path().join("scene.wazex")).unwrap();
    let mut person = Person::at_a_shell(folder.path(), &["scene.wazex"]);
    person.sees("265 objects");
    person.sees("scene.wazex> ");
    // Tab completes a command, a property, and the value that is there.
    person.types("ge\t5 Property.Opa\t\r");
    person.sees("get 5 Property.Opacity");
    person.sees("1.0\r\n");
    person.sees("scene.wazex> ");
    // Ctrl-C clears the line and stays; Up brings the last one.
    person.types("this is nothing\u{3}");
    person.sees("scene.wazex> ");
    person.types("\u{1b}[A\r");
    person.sees("1.0\r\n");
    person.sees("scene.wazex> ");
    person.types("set 5 Visib\t0\r");
    person.sees("1 -> 0");
    person.sees("scene.wazex*> ");
    person.types(" find hidden-line\rfind token=abcdefgh1234\r");
    person.sees("token=abcdefgh1234` is nowhere");
    person.sees("scene.wazex*> ");
    // Ctrl-C stops what never ends.
    person.types("query 'def f: f; f'\r");
    person.sees("query 'def f: f; f'");
    // The line is read now, and the command begins.
    person.sees("\u{1b}[?2004l");
    thread::sleep(Duration::from_millis(500));
    person.types("\u{3}");
    person.sees("error: interrupted");
    person.sees("scene.wazex*> ");
    person.types("get 3 Background\r");
    person.sees("[0.1,0.2,0.3]");
    // Pasted lines are lines, up to the first that fails.
    person.sees("scene.wazex*> ");
    person.types("\u{1b}[200~get 3 Background.1\nget [\nget 3 Background.2\u{1b}[201~\r");
    person.sees("\n0.2\r\n");
    person.sees("error: ");
    // Leaving is asked about once, and saving does away with that.
    person.types("quit\r");
    person.sees("is not saved");
    person.sees("scene.wazex*> ");
    person.types("save out.wazex\r");
    person.sees("wrote out.wazex");
    person.sees("scene.wazex> ");
    person.types("\u{4}");
    person.has_left(0);
    assert_eq!(Content::of(&folder.path().join("out.wazex")).state(5)["Visibility"], 0);
    let history = folder.path().join("scenectl/history");
    let lines = fs::read_to_string(&history).unwrap();
    assert!(lines.contains("get 5 Property.Opacity") && lines.contains("save out.wazex"), "{lines}");
    assert!(!lines.contains("hidden-line") && !lines.contains("token"), "{lines}");
    assert_eq!(fs::metadata(&history).unwrap().permissions().mode() & 0o777, 0o600);
    // The next shell knows it.
    let mut person = Person::at_a_shell(folder.path(), &["demo:", "-q"]);
    person.sees("demo:> ");
    person.types("\u{1b}[A");
    person.sees("save out.wazex");
    person.types("\u{3}");
    person.sees("demo:> ");
    person.types("set 1 nothing=1\rupdate\r");
    person.sees("error: ");
    person.types("set vtkCamera ViewAngle=20\r");
    person.sees("demo:*> ");
    person.types("\u{4}");
    person.sees("is not saved");
    person.types("\u{4}");
    person.has_left(0);
}
