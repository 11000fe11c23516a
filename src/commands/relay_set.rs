//! `relay-set`: change what clients of a running relay get.

use anyhow::{Context as _, Result};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method};
use serde::Deserialize;
use url::Url;

use super::{Context, Outcome, Refused, UsageError};
use crate::cli::RelaySetArgs;
use crate::protocol::relay::Patch;
use crate::render::Table;
use crate::wire::{ConnectOptions, http_client, http_reason, small_body};

#[derive(Deserialize)]
struct ReadyLine {
    control: String,
}

#[derive(Deserialize)]
struct Listed {
    number: Option<u64>,
    selector: String,
    set: String,
}

pub(super) fn run(context: &mut Context, args: RelaySetArgs) -> Result<Outcome> {
    let (url, token) = control(&args.relay)?;
    let request = match (&args.selector, &args.set) {
        (Some(selector), Some(set)) => {
            // Said here, where it was typed, and not by the relay.
            selector.parse::<crate::scene::Selector>()?;
            set.parse::<crate::scene::Assignment>()?;
            let patch = Patch { selector: selector.clone(), set: set.clone() };
            (Method::POST, url, Some(serde_json::to_string(&patch)?))
        }
        _ if args.clear => (Method::DELETE, url, None),
        _ => match args.remove {
            Some(number) => {
                let mut one = url;
                one.set_path(&format!("{}/{number}", one.path()));
                (Method::DELETE, one, None)
            }
            None if args.list => (Method::GET, url, None),
            None => {
                let text = String::from("there is nothing to do");
                return Err(
                    UsageError { text, hint: Some("give SELECTOR PATH=JSON, --list, --remove N or --clear") }.into()
                );
            }
        },
    };
    let (method, url, body) = request;
    let (status, text) = context.block_on(async {
        let options = ConnectOptions::default();
        let asked = ask(&http_client(&options, options.timeout)?, method, url, &token, body).await;
        asked.map_err(|reason| anyhow::anyhow!("the relay does not answer: {reason}"))
    })?;
    if status != 200 {
        let text = text.trim().trim_start_matches("scenectl relay: ").to_owned();
        let hint =
            (status == 403).then_some("the relay's ready line holds its token: is this one from an earlier run?");
        return Err(Refused { text: format!("the relay refuses: {text}"), hint }.into());
    }
    if args.json {
        context.out.line(&text)?;
        return Ok(Outcome::Done);
    }
    let listed: Vec<Listed> = serde_json::from_str(&text).context("the relay's answer is not a list of patches")?;
    if listed.is_empty() {
        context.out.line("nothing is set")?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(["N", "SELECTOR", "SET"], &[]);
    for patch in listed {
        let number = patch.number.map_or_else(|| String::from("file"), |number| number.to_string());
        table.row([number, patch.selector, patch.set]);
    }
    table.print(&mut context.out)?;
    Ok(Outcome::Done)
}

/// Asks the relay: the status of its answer, and what it says.
async fn ask(
    client: &Client,
    method: Method,
    url: Url,
    token: &str,
    json: Option<String>,
) -> Result<(u16, String), String> {
    let mut asked = client.request(method, url).bearer_auth(token);
    if let Some(json) = json {
        asked = asked.header(CONTENT_TYPE, "application/json").body(json);
    }
    let answer = asked.send().await.map_err(http_reason)?;
    let status = answer.status().as_u16();
    let body = small_body(answer).await.map_err(|error| error.to_string())?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// The relay's endpoint and its token, from its ready file or its URL.
fn control(relay: &str) -> Result<(Url, String)> {
    let hint = Some("the relay's ready line holds it: give the file of `relay --ready-file FILE`, or its `control`");
    let usage = |text: String| UsageError { text, hint };
    let line;
    let text = if relay.starts_with("http://") {
        relay
    } else {
        let read = std::fs::read_to_string(relay).with_context(|| format!("cannot read the ready file {relay}"))?;
        let ready = serde_json::from_str::<ReadyLine>(&read);
        line = ready.map_err(|_| usage(format!("{relay} is no ready file of a relay")))?.control;
        &line
    };
    let mut url = Url::parse(text).map_err(|_| usage(String::from("this is no address of a relay")))?;
    let token = url.query_pairs().find(|(name, _)| name == "token").map(|(_, token)| token.into_owned());
    let token = token.ok_or_else(|| usage(String::from("the relay's token is missing")))?;
    url.set_query(None);
    Ok((url, token))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    use super::*;

    /// Asks a server that answers with these bytes and then says nothing.
    fn asked(answer: Vec<u8>) -> Result<(u16, String), String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&answer);
            let _ = stream.read(&mut [0; 4096]);
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = http_client(&ConnectOptions::default(), Duration::from_millis(1500)).unwrap();
            ask(&client, Method::GET, url, "t", None).await
        })
    }

    #[test]
    fn whoever_answers_never_or_too_much_is_no_relay() {
        let start = Instant::now();
        assert!(asked(Vec::new()).is_err());
        assert!(asked(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[]".to_vec()).is_err());
        let mut much = b"HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n".to_vec();
        much.resize(3_000_000, b' ');
        assert!(asked(much).unwrap_err().contains("larger than"));
        assert_eq!(asked(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]".to_vec()), Ok((200, String::from("[]"))));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
