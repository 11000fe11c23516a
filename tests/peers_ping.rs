//! `ping` against real servers, good and bad, and with nginx between.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::ping::{Pinged, ping};
use crate::support::certificates::{Authority, self_signed};
use crate::support::nginx::{Nginx, Site, UPGRADE};
use crate::support::peers::{self, Peer};
use crate::support::process::{Lines, Process};
use crate::support::server::Server;
use crate::support::{fixture, scratch};

fn site(config: impl Into<String>) -> Site<'static> {
    Site { tls: None, config: config.into() }
}

/// `http://127.0.0.1:PORT` of a server.
fn behind(server: &Server) -> String {
    server.url.replace("ws://", "http://").trim_end_matches("/ws").to_owned()
}

#[test]
fn a_real_server() {
    let Some(python) = peers::python() else { return };
    let server = Server::start(&python, "cone", &[]);
    let good = ping(&server.url, &[]).good();
    assert_eq!(good.names(), ["tcp", "upgrade", "hello", "roots", "status"]);
    let details: Vec<&str> = good.steps().iter().map(|step| step["detail"].as_str().unwrap()).collect();
    assert_eq!(details[2], "welcome, in frames of up to 4194304 bytes");
    assert_eq!(details[3], "view (#1)");
    let (states, blobs) = (&server.ready["states"], &server.ready["blobs"]);
    assert_eq!(details[4], format!("{states} objects, {blobs} blobs"));
    assert_eq!(good.json["server"]["software"]["trame-vtklocal"], "1.8.0");
    // Nothing of the scene was fetched.
    let methods: Vec<String> =
        server.log().iter().filter_map(|call| Some(call["method"].as_str()?.to_owned())).collect();
    assert_eq!(methods, ["wslink.hello", "trame.state.get", "vtklocal.get.status"]);

    // Where the websocket is not, it is found.
    let lost = ping(&format!("{}/a/b/", behind(&server)), &[]).fails("not-found", &["/a/b/ws", "HTTP 404"]);
    assert!(lost.hint().ends_with("--path /ws"), "{}", lost.hint());
    let lost = ping(&server.url, &["--path", "/elsewhere"]).fails("not-found", &["trame is built by Kitware"]);
    assert!(lost.hint().ends_with("--path /ws"), "{}", lost.hint());
    ping(&format!("{}/", server.url), &[]).fails("not-found", &["/ws/ws"]);
    ping(&server.url.replace("ws://", "wss://"), &[]).fails("tls-on-plain", &["plain HTTP"]);
    ping(&server.url, &["--root", "nowhere"]).fails("no-such-root", &["nowhere", "view"]);
    ping(&server.url, &["--root", "999"]).fails("no-such-root", &["999"]);
    server.assert_never_told_to_exit();
}

#[test]
fn secrets_of_real_servers() {
    let Some(python) = peers::python() else { return };
    let long = "long".repeat(150);
    let server = Server::start(&python, "cone", &["--secret", &long]);
    ping(&server.url, &[]).fails("wrong-secret", &["none was given"]);
    let wrong = ping(&server.url, &["--secret", "hunter2"]).fails("wrong-secret", &["the secret"]);
    assert!(!wrong.everything().contains("hunter2"));
    // The right one, and nobody can say it: 512 bytes is all that the server reads before it knows somebody.
    let right = ping(&server.url, &["--secret", &long]).fails("hello-too-large", &["672 bytes", "512"]);
    assert!(right.hint().contains("WSLINK_AUTH_MSG_SIZE") && !right.everything().contains(&long));
}

#[test]
fn proxies() {
    let (Some(python), Some(nginx)) = (peers::python(), peers::nginx()) else { return };
    let server = Server::start(&python, "cone", &[]);
    let server = behind(&server).to_owned() + "/";
    let nginx = Nginx::start(
        &nginx,
        &[site(format!(
            "location /good/ {{ proxy_pass {server}; {UPGRADE} }}
             location /drop/ {{ proxy_pass {server}; }}
             location /dead/ {{ proxy_pass http://127.0.0.1:9/; {UPGRADE} }}
             location /moved/ {{ rewrite ^/moved/(.*)$ /good/$1 redirect; }}
             location /circle/a/ {{ return 302 /circle/b/ws; }}
             location /circle/b/ {{ return 302 /circle/a/ws; }}
             location /spa/ {{ return 200 '<title>My app</title>'; }}
             location /426/ {{ return 426; }}
             location /418/ {{ return 418; }}
             location /elsewhere/ {{ return 301 https://www.example.org/welcome?code=TOPSECRET; }}
             location = / {{ return 302 /good/; }}"
        ))],
    );
    let at = |path: &str| nginx.url("http", 0, path);
    assert_eq!(ping(&at("/good/"), &[]).good().names(), ["dns", "tcp", "upgrade", "hello", "roots", "status"]);
    let moved = ping(&at("/moved/"), &[]).good();
    assert_eq!(moved.names()[2..4], ["redirect", "dns"]);
    assert!(moved.json["server"]["url"].as_str().unwrap().ends_with("/good/ws"));

    let dropped = ping(&at("/drop/"), &[]).fails("upgrade-dropped", &["HTTP 500", "nginx"]);
    assert!(dropped.hint().contains("proxy_set_header Upgrade"));
    ping(&at("/426/"), &[]).fails("upgrade-dropped", &["HTTP 426"]);
    ping(&at("/418/"), &[]).fails("http-error", &["HTTP 418"]);
    ping(&at("/dead/"), &[]).fails("bad-gateway", &["HTTP 502", "nginx"]);
    ping(&at("/circle/a/"), &[]).fails("redirect-loop", &["/circle/a/ws"]);
    ping(&at("/spa/"), &[]).fails("page-instead", &["“My app”", "HTTP 200"]);
    let elsewhere = ping(&at("/elsewhere/"), &[]).fails("redirected", &["https://www.example.org/welcome"]);
    assert!(!elsewhere.everything().contains("TOPSECRET"));
    // The page leads to where the application is.
    let lost = ping(&at("/"), &[]).fails("not-found", &["trame is built by Kitware"]);
    assert!(lost.hint().ends_with("--path /good/ws"), "{}", lost.hint());
    let lost = ping(&at("/good/deep/page"), &[]).fails("not-found", &["/good/deep/page/ws", "/good/deep/ws"]);
    assert!(lost.hint().ends_with("--path /good/ws"), "{}", lost.hint());
}

#[test]
fn logins() {
    let Some(nginx) = peers::nginx() else { return };
    let form = "<title>Sign in &middot; Hub</title><form><input type=password></form>";
    let nginx = Nginx::start(
        &nginx,
        &[site(format!(
            "location /user/ {{ return 302 /hub/login?next=$request_uri&token=TOPSECRET; }}
             location /hub/login {{ return 200 '{form}'; }}
             location /form/ {{ return 200 '{form}'; }}
             location /403/ {{ return 403; }}
             location /proxied/ {{ return 403 '{form}'; }}
             location /basic/ {{ auth_basic x; auth_basic_user_file /dev/null; }}"
        ))],
    );
    let at = |path: &str| nginx.url("http", 0, path);
    let secret = ["--cookie", "session=TOPSECRET", "--header", "Authorization: Bearer TOPSECRET"];
    for (path, words) in [
        (
            "/user/me/?token=TOPSECRET",
            &["leads to a page to log in", "/hub/login?…", "“Sign in · Hub”", "HTTP 302"][..],
        ),
        ("/form/", &["a page to log in", "“Sign in · Hub”", "HTTP 200"]),
        ("/proxied/", &["a page to log in", "HTTP 403"]),
    ] {
        let login = ping(&at(path), &secret).fails("login-page", words);
        assert!(
            login.hint().contains("--cookie") && !login.everything().contains("TOPSECRET"),
            "{}",
            login.everything()
        );
    }
    ping(&at("/403/"), &[]).fails("login-needed", &["HTTP 403"]);
    let user = at("/basic/").replace("localhost", "me:TOPSECRET@localhost");
    let basic = ping(&user, &[]).fails("login-needed", &["HTTP 401"]);
    assert!(!basic.everything().contains("TOPSECRET"));
}

#[test]
fn certificates() {
    let (Some(python), Some(nginx)) = (peers::python(), peers::nginx()) else { return };
    let server = Server::start(&python, "cone", &[]);
    let folder = scratch();
    let authority = Authority::new(folder.path());
    let pairs = [
        authority.issue("good", &["localhost"]),
        self_signed(folder.path(), "own", &["localhost"], false),
        self_signed(folder.path(), "openssl", &["localhost"], true),
        authority.issue_expired("expired", &["localhost"]),
        authority.issue("wrong", &["scenes.example", "10.1.2.3"]),
        authority.issue_early("early", &["localhost"]),
        authority.issue("mutual", &["localhost"]),
    ];
    let config = format!("location / {{ proxy_pass {}/; {UPGRADE} }}", behind(&server));
    let ca = authority.file.display().to_string();
    let mut sites: Vec<Site<'_>> = pairs.iter().map(|pair| Site { tls: Some(pair), config: config.clone() }).collect();
    sites[6].config = format!("ssl_client_certificate {ca}; ssl_verify_client on; {config}");
    let nginx = Nginx::start(&nginx, &sites);
    let at = |site: usize| nginx.url("https", site, "/");
    let trusting = ["--ca-file", ca.as_str()];

    let good = ping(&at(0), &trusting).good();
    assert_eq!(good.names(), ["dns", "tcp", "tls", "upgrade", "hello", "roots", "status"]);
    let tls = good.steps()[2]["detail"].as_str().unwrap();
    assert!(tls.starts_with("TLS 1.3; certificate for localhost until 2900-01-01"), "{tls}");

    let unknown = ping(&at(0), &[]).fails("unknown-authority", &["CN=An Authority Of Ours"]);
    assert!(unknown.hint().contains("--ca-file") && unknown.hint().contains("--insecure"));
    for site in [1, 2] {
        ping(&at(site), &[]).fails("self-signed", &["by itself alone"]);
        let file = pairs[site].certificate.display().to_string();
        ping(&at(site), &["--ca-file", &file]).good();
    }
    ping(&at(3), &trusting).fails("expired", &["2020-02-29"]);
    ping(&at(4), &trusting).fails("wrong-name", &["scenes.example, 10.1.2.3", "not for localhost"]);
    ping(&at(5), &trusting).fails("not-yet-valid", &["does not hold yet"]);
    ping(&at(6), &trusting).fails("client-certificate", &["a certificate of ours"]);
    let unchecked = ping(&at(3), &["--insecure"]).good();
    assert!(unchecked.json["notes"][0].as_str().unwrap().contains("not checked"));
    ping(&nginx.url("http", 0, "/"), &[]).fails("plain-on-tls", &["speaks TLS"]);
}

/// A peer's script that prints a line with its `url`.
fn script(python: &Peer, name: &str, args: &[&str]) -> (Process, String) {
    let mut command = python.script(name);
    command.args(args).args(["--lifetime", "120"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = Process::start(&mut command);
    let line = Lines::of(process.stdout()).next(Duration::from_secs(60)).expect("it is ready");
    let ready: Value = serde_json::from_str(&line).expect(&line);
    (process, ready["url"].as_str().unwrap().to_owned())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn wslink_1_is_fine() {
    let Some(python) = peers::python_wslink1() else { return };
    let snapshot = fixture("reference/cone-vtk9.7.2.wazex");
    let (_server, url) = script(&python, "wslink1_server.py", &[path(&snapshot), "--secret", "old"]);
    let good = ping(&url, &["--secret", "old"]).good();
    assert!(good.json["notes"][0].as_str().unwrap().contains("wslink 1"));
    let hellos: Vec<_> = good.steps().iter().filter(|step| step["name"] == "hello").map(|step| &step["ok"]).collect();
    assert_eq!(hellos, [false, true]);
    ping(&url, &[]).fails("wrong-secret", &[]);
}

#[test]
fn vtkweb_is_another_protocol() {
    let Some(python) = peers::python() else { return };
    let (_server, url) = script(&python, "vtkweb_server.py", &[]);
    let other = ping(&url, &[]).fails("vtkweb", &["vtkWeb", "no vtklocal"]);
    assert!(other.hint().contains("trame-vtklocal"));
}

impl Pinged {
    fn names(&self) -> Vec<&str> {
        self.steps().iter().map(|step| step["name"].as_str().unwrap()).collect()
    }
}
