//! `call`: any method of a server.

mod arguments;
mod failure;

use anyhow::Result;

use super::binaries::Binaries;
use super::load::{self, connecting};
use super::signals::Interrupt;
use super::{Context, Outcome, UsageError};
use crate::cli::{CallArgs, ConnectionArgs};
use crate::protocol::{self, Body, CallFailure};
use crate::scene::{raw, without_controls};
use crate::source::{LiveCaller, Source};

pub(super) fn run(context: &mut Context, args: CallArgs) -> Result<Outcome> {
    if protocol::forbids(&args.method) {
        let text = format!("{} stops the server for everybody who uses it: scenectl never calls it", args.method);
        return Err(UsageError { text, hint: Some("stop the server where it was started") }.into());
    }
    let source = live(context, &args.source, &args.connection, "call")?;
    let request = arguments::request(&args)?;
    let mut binaries = Binaries::new(args.output.as_deref(), args.force)?;
    let how = connecting(&source, &args.connection)?;
    let answer = context.block_on(async {
        let mut interrupt = Interrupt::listen();
        let talk = async {
            let live = LiveCaller::connect(&source, how).await?;
            let answer = live.caller.call(&request).await;
            live.caller.close().await;
            Ok(answer)
        };
        tokio::select! {
            answer = talk => answer,
            () = interrupt.wanted() => anyhow::bail!("interrupted"),
        }
    })?;
    match answer {
        Ok(body) => print(context, &args, &mut binaries, &*body),
        Err(CallFailure::Refused { method, error, unknown, .. }) => {
            failure::report(context, &args, &method, &*error, unknown)
        }
        Err(CallFailure::Client(error)) => Err(error.into()),
        Err(error @ CallFailure::NoCalls { hint, .. }) => {
            Err(UsageError { text: error.to_string(), hint: Some(hint) }.into())
        }
        Err(error @ CallFailure::Forbidden { .. }) => Err(error.into()),
    }
}

/// A source that is a live server.
pub(super) fn live(context: &Context, text: &str, connection: &ConnectionArgs, verb: &str) -> Result<Source> {
    let source = load::source_of(context, text, connection)?;
    if source.is_live() {
        return Ok(source);
    }
    let text = format!("{text} is a file: `{verb}` speaks with a live server");
    Err(UsageError { text, hint: Some("`scenectl replay FILE` serves a snapshot") }.into())
}

fn print(context: &mut Context, args: &CallArgs, binaries: &mut Binaries, body: &dyn Body) -> Result<Outcome> {
    if let (Some(pieces), None, false) = (body.as_binary(), &args.output, args.json) {
        if context.out.is_terminal {
            let bytes: usize = pieces.iter().map(bytes::Bytes::len).sum();
            let text = format!("the answer is binary ({bytes} bytes): it is not written to a terminal");
            return Err(UsageError { text, hint: Some("redirect stdout, or -o FILE keeps it") }.into());
        }
        for piece in pieces {
            context.out.text(piece)?;
        }
        return Ok(Outcome::Done);
    }
    let text = binaries.json(body)?;
    if args.output.is_some() && binaries.written() == 0 {
        context.warn("the answer holds no binary data: nothing was written");
    }
    if context.out.is_terminal {
        let text = if args.json { text } else { raw::pretty(&text) };
        for line in text.lines() {
            context.out.line(without_controls(line))?;
        }
    } else {
        context.out.line(text)?;
    }
    Ok(Outcome::Done)
}
