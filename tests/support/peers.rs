//! The real peers: they are installed into `target/peers` once, and used by all runs from then on.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use serde_json::Value;

/// Where the scripts are.
pub(crate) const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers");

/// An interpreter with what the scripts need.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    program: PathBuf,
    scripts: PathBuf,
}

impl Peer {
    /// A command that runs one of the scripts.
    pub(crate) fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(self.scripts.join(name)).stdin(Stdio::null());
        for name in ["DISPLAY", "PYTHONPATH", "PYTHONHOME", "NODE_OPTIONS"] {
            command.env_remove(name);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUNBUFFERED", "1");
        command
    }

    /// Runs a script that prints one JSON line, which it returns.
    #[track_caller]
    pub(crate) fn run(&self, name: &str, args: &[&str]) -> Value {
        let output = self.script(name).args(args).output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name} {args:?}\n{stdout}\n{stderr}");
        let line = stdout.lines().last().unwrap_or_else(|| panic!("{name} printed nothing\n{stderr}"));
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error} in {line}"))
    }
}

/// Python with the current server and the Python clients.
pub(crate) fn python() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| venv("venv", "requirements.txt"))))
}

/// Python with a server that has no `vtklocal.get.batch`.
pub(crate) fn python_no_batch() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| venv("venv111", "requirements-no-batch.txt"))))
}

/// Python with wslink 1.x.
pub(crate) fn python_wslink1() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| venv("venv1", "requirements-wslink1.txt"))))
}

/// Python with viser, for the scripts in `tests/peers/viser`.
pub(crate) fn python_viser() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| venv("venv_viser", "viser/requirements.txt"))))
}

/// The folder with the page of viser's own web client, of [`python_viser`].
pub(crate) fn viser_client() -> PathBuf {
    let versions = fs::read_dir(home().join("venv_viser/lib")).unwrap();
    let mut pages = versions.map(|found| found.unwrap().path().join("site-packages/viser/client/build"));
    pages.find(|folder| folder.join("index.html").is_file()).expect("viser comes with its client")
}

/// Node with the JavaScript client.
pub(crate) fn node() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| node_modules("node", "package.json", "reference_client.mjs"))))
}

/// Node with the JavaScript client of wslink 1.x.
pub(crate) fn node_wslink1() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| node_modules("node1", "package-wslink1.json", "wslink1_client.mjs"))))
}

/// Node with Khronos' validator of glTF.
pub(crate) fn gltf_validator() -> Option<Peer> {
    static PEER: OnceLock<Result<Peer, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(|| node_modules("gltf", "package-gltf.json", "validate_glb.mjs"))))
}

/// A real browser, and VTK.wasm for the server to give to it.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Runs `browser.mjs` and, as `viser.mjs`, `viser/browser.mjs`.
    pub(crate) node: Peer,
    /// The browser.
    pub(crate) program: PathBuf,
    /// What `server.py --wasm-dir` serves.
    pub(crate) wasm: PathBuf,
}

impl Browser {
    /// The package with the viewer's script.
    pub(crate) fn viewer(&self) -> PathBuf {
        home().join("node/node_modules/@kitware/vtk-wasm")
    }
}

/// Chromium of the system, driven by Playwright.
pub(crate) fn browser() -> Option<Browser> {
    static PEER: OnceLock<Result<Browser, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| install(browser_and_wasm)))
}

/// The web server of the system, which stands before scene servers as a proxy.
pub(crate) fn nginx() -> Option<PathBuf> {
    static PEER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    usable(PEER.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
        let found = folders.map(|folder| folder.join("nginx")).find(|program| program.is_file());
        found.ok_or_else(|| String::from("there is no `nginx`: install the package nginx-light"))
    }))
}

/// The peer, or none: then the test must return, and this has said so, past the capture of test output.
fn usable<P: Clone>(peer: &Result<P, String>) -> Option<P> {
    let reason = match peer {
        Ok(peer) => return Some(peer.clone()),
        Err(reason) => reason,
    };
    if std::env::var_os("SCENECTL_REQUIRE_PEERS").is_some_and(|value| value != "0") {
        panic!("a real peer is missing: {reason}");
    }
    let (bar, test) = ("!".repeat(100), thread::current().name().unwrap_or("?").to_owned());
    let text = format!(
        "\n{bar}\n!!! PEER TEST DID NOT RUN: {test}\n!!! {}\n!!! With SCENECTL_REQUIRE_PEERS=1 this is a failure.\n{bar}\n",
        reason.trim().replace('\n', "\n!!! ")
    );
    let _ = std::io::stderr().write_all(text.as_bytes());
    None
}

/// Where peers are installed.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers")
}

/// Installs while no other process does.
fn install<P>(how: impl FnOnce() -> Result<P, String>) -> Result<P, String> {
    let home = home();
    let lock = fs::create_dir_all(&home).and_then(|()| File::create(home.join("lock")));
    let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| format!("target/peers: {error}"))?;
    let peer = how();
    drop(lock);
    peer
}

fn venv(name: &str, requirements: &str) -> Result<Peer, String> {
    let folder = home().join(name);
    let program = folder.join("bin/python");
    let requirements = Path::new(SCRIPTS).join(requirements);
    stamped(&folder, &requirements, || {
        if !program.exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        run(Command::new(&program).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&requirements))
    })?;
    Ok(Peer { program, scripts: SCRIPTS.into() })
}

fn node_modules(name: &str, package: &str, script: &str) -> Result<Peer, String> {
    node_modules_and(name, package, script, |_| Ok(()))
}

fn node_modules_and(
    name: &str,
    package: &str,
    script: &str,
    more: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<Peer, String> {
    let folder = home().join(name);
    stamped(&folder, &Path::new(SCRIPTS).join(package), || {
        copy_into(&folder, package, "package.json")?;
        run(Command::new("npm").args(["install", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder))?;
        more(&folder)
    })?;
    // Modules are looked for from where the script is.
    copy_into(&folder, script, script)?;
    Ok(Peer { program: "node".into(), scripts: folder })
}

fn browser_and_wasm() -> Result<Browser, String> {
    // Playwright would download a browser of its own, which not every machine can.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    let program = programs.find(|program| program.is_file()).ok_or("there is no `chromium`: install that package")?;
    let wasm = home().join("browser/wasm");
    let node = node_modules_and("browser", "package-browser.json", "browser.mjs", |folder| {
        let bundle = folder.join("node_modules/@pyvista-wasm/vtk-wasm-binary/vtk-wasm32-emscripten.tar.gz");
        let _ = fs::remove_dir_all(&wasm);
        fs::create_dir_all(&wasm).map_err(|error| error.to_string())?;
        run(Command::new("tar").arg("-xzf").arg(bundle).arg("-C").arg(&wasm))
    })?;
    copy_into(&home().join("browser"), "viser/browser.mjs", "viser.mjs")?;
    Ok(Browser { node, program, wasm })
}

/// Does `install` unless it was done for the same `list` before.
fn stamped(folder: &Path, list: &Path, install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let fail = |error: std::io::Error| error.to_string();
    let (stamp, wanted) = (folder.join("installed"), fs::read(list).map_err(fail)?);
    if fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(fail)?;
    install()?;
    fs::write(stamp, wanted).map_err(fail)
}

fn copy_into(folder: &Path, script: &str, name: &str) -> Result<(), String> {
    let (from, to) = (Path::new(SCRIPTS).join(script), folder.join(name));
    let wanted = fs::read(from).map_err(|error| error.to_string())?;
    if fs::read(&to).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let _ = fs::remove_file(&to);
    fs::write(to, wanted).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let last: Vec<_> = said.lines().rev().take(8).collect();
    Err(format!("{command:?}: {}\n{}", output.status, last.into_iter().rev().collect::<Vec<_>>().join("\n")))
}

/// Loads a snapshot into real VTK, which checks and draws it, and compares the picture with that of `reference`.
#[track_caller]
pub(crate) fn verify_snapshot(python: &Peer, snapshot: &Path, reference: &Path) {
    let [snapshot, reference] = [snapshot, reference].map(|path| path.to_str().unwrap());
    let options = ["--max-diff", "0", "--hash-limit", "1000000000"];
    let said = python.run("verify_snapshot.py", &[&[snapshot, "--reference", reference], &options[..]].concat());
    assert_eq!(said["problems"], serde_json::json!([]), "{said}");
}
