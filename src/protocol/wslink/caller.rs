//! Any call over wslink, and any topic.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::client::{CallError, Client, Published};
use super::is_forbidden;
use super::json;
use super::message::{Payload, code};
use crate::protocol::msgpack;
use crate::protocol::{Argument, Body, CallFailure, Caller, ClientError, Pushed, Request, ServerInfo, Subscription};

/// Calls over one connection.
pub struct WslinkCaller {
    client: Client,
    info: ServerInfo,
}

impl WslinkCaller {
    /// Over a connection that has said hello.
    pub fn new(client: Client, info: ServerInfo) -> Self {
        Self { client, info }
    }
}

impl Caller for WslinkCaller {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Box<dyn Body>, CallFailure>> {
        async move {
            if is_forbidden(&request.method) {
                return Err(CallFailure::Forbidden { method: request.method.clone() });
            }
            // What is no JSON must not become half a message: it is packed before anything is sent.
            let unreadable =
                |error: serde_json::Error| ClientError::Failed(format!("an argument is not JSON: {error}"));
            let mut args = Vec::new();
            json::push_array_len(&mut args, request.args.len());
            for argument in &request.args {
                push(argument, &mut args).map_err(unreadable)?;
            }
            let mut kwargs = Vec::new();
            json::push_map_len(&mut kwargs, request.kwargs.len());
            for (name, argument) in &request.kwargs {
                json::push_str(&mut kwargs, name);
                push(argument, &mut kwargs).map_err(unreadable)?;
            }
            let reply = self
                .client
                .call_with_kwargs(&request.method, |out| out.extend(args), |out| out.extend(kwargs))
                .await
                .map_err(failure)?;
            Ok(Box::new(reply) as Box<dyn Body>)
        }
        .boxed()
    }

    fn subscribe(&self) -> Box<dyn Subscription> {
        Box::new(Topics { client: self.client.clone(), published: self.client.subscribe() })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.client.close().boxed()
    }
}

fn push(argument: &Argument, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match argument {
        Argument::Json(text) => json::push_msgpack(text, out),
        Argument::Binary(data) => {
            json::push_bin_len(out, data.len());
            out.extend_from_slice(data);
            Ok(())
        }
    }
}

fn failure(error: CallError) -> CallFailure {
    match error {
        CallError::Refused { method, error } => CallFailure::Refused {
            method,
            text: format!("{} ({})", error.message, error.code),
            unknown: error.code == code::METHOD_NOT_FOUND,
            error: Box::new(error),
        },
        error => ClientError::from(error).into(),
    }
}

/// All topics: wslink sends every one to every client.
struct Topics {
    client: Client,
    published: broadcast::Receiver<Published>,
}

impl Subscription for Topics {
    fn next(&mut self) -> BoxFuture<'_, Result<Result<Pushed, u64>, ClientError>> {
        async move {
            let next = tokio::select! {
                biased;
                next = self.published.recv() => next,
                closed = self.client.wait_closed() => return Err(CallError::Closed(closed).into()),
            };
            match next {
                Ok(Published { topic, data }) => {
                    let bytes = size(&data);
                    Ok(Ok(Pushed { topic, body: Box::new(data), bytes }))
                }
                Err(RecvError::Lagged(missed)) => Ok(Err(missed)),
                Err(RecvError::Closed) => Err(ClientError::Lost(String::from("the connection was closed"))),
            }
        }
        .boxed()
    }
}

fn size(data: &Payload) -> u64 {
    match data {
        Payload::Binary(parts) => parts.iter().map(|part| part.len() as u64).sum(),
        Payload::Msgpack(bytes) => match msgpack::Reader::new(bytes).token() {
            Ok(msgpack::Token::Binary(data)) => data.len() as u64,
            _ => bytes.len() as u64,
        },
    }
}
