//! What is typed, as the arguments of a call.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::cli::CallArgs;
use crate::commands::UsageError;
use crate::protocol::{Argument, Request};

/// The call that a command line means.
pub(super) fn request(args: &CallArgs) -> Result<Request> {
    let mut request = Request { method: args.method.clone(), ..Request::default() };
    for (number, word) in args.args.iter().enumerate() {
        request.args.push(argument(word, args.text, &format!("argument {}", number + 1))?);
    }
    for pair in &args.kwarg {
        let Some((name, value)) = pair.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            let text = format!("--kwarg {pair}: there is no name and `=` in it");
            return Err(UsageError { text, hint: Some("write --kwarg NAME=JSON") }.into());
        };
        request.kwargs.push((name.to_owned(), argument(value, args.text, &format!("--kwarg {name}"))?));
    }
    Ok(request)
}

/// `@FILE` is a file's bytes, `@@x` the string `@x`, anything else JSON; with `texts` all are strings.
fn argument(word: &str, texts: bool, place: &str) -> Result<Argument> {
    if texts {
        return Ok(string(word));
    }
    if let Some(rest) = word.strip_prefix('@') {
        if rest.starts_with('@') {
            return Ok(string(rest));
        }
        let bytes = std::fs::read(rest).with_context(|| format!("{place}: cannot read {rest}"))?;
        return Ok(Argument::Binary(bytes.into()));
    }
    // Also what only looks like JSON is found here: numbers beyond all bounds, halves of characters.
    match serde_json::from_str::<Value>(word) {
        Ok(_) => Ok(Argument::Json(word.to_owned())),
        Err(error) => {
            let text = format!("{place}: `{word}` is not JSON ({error})");
            let hint = Some("a string needs quotes of its own: '\"text\"', or --text takes all as strings");
            Err(UsageError { text, hint }.into())
        }
    }
}

fn string(text: &str) -> Argument {
    Argument::Json(serde_json::Value::from(text).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_json_files_or_escaped() {
        let json = |word| match argument(word, false, "x").unwrap() {
            Argument::Json(text) => text,
            Argument::Binary(_) => panic!("binary"),
        };
        for word in ["1", "-1.50", "\"a\"", "[1, {\"a\": null}]", "true"] {
            assert_eq!(json(word), word);
        }
        assert_eq!(json("@@x"), "\"@x\"");
        assert_eq!(argument("12", true, "x").unwrap(), string("12"));
        assert_eq!(argument("a \"b", true, "x").unwrap(), Argument::Json(String::from(r#""a \"b""#)));
        for bad in ["", "a", "{a:1}", "nan", "1 2", "1e999", "\"\\ud800\""] {
            assert!(argument(bad, false, "x").is_err(), "{bad}");
        }
        assert!(argument("@/no/such/file", false, "x").is_err());
    }
}
