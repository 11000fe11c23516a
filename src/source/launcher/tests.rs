use serde_json::json;

use super::*;
use crate::wire::ConnectOptions;

fn launch(url: &str) -> Result<Launch, LauncherError> {
    Launch::new(url, "cone", Map::new(), 0, |_| ())
}

fn applied(url: &str, answer: Value) -> Result<Connecting, LauncherError> {
    let mut how = Connecting {
        target: "127.0.0.1:1".parse().unwrap(),
        wire: ConnectOptions {
            headers: vec![("x-token".parse().unwrap(), "t".parse().unwrap())],
            ..ConnectOptions::default()
        },
        secret: None,
        roots: Vec::new(),
        largest_message: 1,
        tap: None,
    };
    let Value::Object(answer) = answer else { panic!() };
    launch(url)?.apply(&answer, &mut how)?;
    Ok(how)
}

#[test]
fn a_slash_is_put_at_the_end() {
    for (given, wanted) in [
        ("http://h/paraview", "http://h/paraview/"),
        ("http://h/paraview/", "http://h/paraview/"),
        ("https://h:1/a?t=1#x", "https://h:1/a/?t=1"),
    ] {
        assert_eq!(launch(given).unwrap().url.as_str(), wanted);
    }
    for bad in ["h:80", "ws://h/", "paraview", "file:///x", ""] {
        assert!(matches!(launch(bad), Err(LauncherError::BadAddress { .. })), "{bad}");
    }
}

#[test]
fn the_session_is_where_the_launcher_says() {
    let answer = |url: &str| json!({"id": "1", "sessionURL": url, "secret": "s"});
    let how = applied("http://h:9/p/", answer("ws://USE_HOSTNAME:8/ws")).unwrap();
    assert_eq!(how.target.to_string(), "ws://h:8/ws");
    assert_eq!(how.secret.as_deref(), Some("\"s\""));
    assert_eq!(how.wire.headers.len(), 1, "the same host sees the same headers");
    let how = applied("http://h:9/p/", answer("ws://USE_HOST/proxy?sessionId=1")).unwrap();
    assert_eq!(how.target.to_string(), "ws://h:9/proxy?…");
    let how = applied("http://h/p/", answer("wss://other/ws")).unwrap();
    assert!(how.wire.headers.is_empty(), "another host sees none");
    assert!(matches!(applied("https://h/p/", answer("ws://h/ws")), Err(LauncherError::Downgrade { .. })));
    for bad in [json!({}), json!({"sessionURL": 7}), json!({"sessionURL": "ftp://h"})] {
        assert!(matches!(applied("http://h/p/", bad), Err(LauncherError::BadAnswer { .. })));
    }
}

#[test]
fn ids_do_not_lead_elsewhere() {
    let session = |id: Value| {
        let client = wire::http_client(&ConnectOptions::default(), PATIENCE).unwrap();
        let mut session = LaunchedSession::new(client, &Url::parse("http://h/p/?t=1").unwrap(), Some(&id));
        session.forget()
    };
    assert_eq!(session(json!("a-1_B")).unwrap().as_str(), "http://h/p/a-1_B?t=1");
    for bad in [json!("../other"), json!(""), json!("a/b"), json!("%2e"), json!(7), json!("x".repeat(1000))] {
        assert_eq!(session(bad), None);
    }
}

#[test]
fn what_is_shown_holds_no_secret() {
    let said =
        "The process did not properly start. ['/no/such', '--secret', 'gySsynBa0lJgESUq', '--authKey=abc', '-p']";
    let text = shown(said);
    assert!(!text.contains("gySs") && !text.contains("abc") && text.contains("/no/such"), "{text}");
    assert_eq!(shown("a\nb\u{1b}[31m"), "a b [31m");
    assert!(shown(&"long ".repeat(1000)).len() < 400);
}
