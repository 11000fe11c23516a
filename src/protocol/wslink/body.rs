//! What wslink's messages say, as [`Body`].

use bytes::Bytes;

use super::json::{push_json_with, push_string};
use super::message::{Payload, Request, RpcError};
use crate::protocol::msgpack::{MsgpackError, Reader, Token};
use crate::protocol::{Body, BodyError};

impl Body for Payload {
    fn as_binary(&self) -> Option<Vec<Bytes>> {
        match self {
            Self::Binary(parts) => Some(parts.clone()),
            Self::Msgpack(bytes) => match Reader::new(bytes).token() {
                Ok(Token::Binary(data)) => Some(vec![bytes.slice_ref(data)]),
                _ => None,
            },
        }
    }

    fn to_json(&self, binary: &mut dyn FnMut(&[Bytes]) -> String) -> Result<String, BodyError> {
        match self {
            Self::Binary(parts) => Ok(binary(parts)),
            Self::Msgpack(bytes) => {
                let mut text = String::with_capacity(bytes.len() * 2);
                push(bytes, &mut text, binary)?;
                Ok(text)
            }
        }
    }
}

impl Body for Request {
    fn as_binary(&self) -> Option<Vec<Bytes>> {
        None
    }

    fn to_json(&self, binary: &mut dyn FnMut(&[Bytes]) -> String) -> Result<String, BodyError> {
        let mut text = String::from("{\"args\":");
        push(&self.args, &mut text, binary)?;
        text.push_str(",\"kwargs\":");
        push(&self.kwargs, &mut text, binary)?;
        text.push('}');
        Ok(text)
    }
}

impl Body for RpcError {
    fn as_binary(&self) -> Option<Vec<Bytes>> {
        None
    }

    fn to_json(&self, _: &mut dyn FnMut(&[Bytes]) -> String) -> Result<String, BodyError> {
        let mut text = format!("{{\"code\":{},\"message\":", self.code);
        push_string(&mut text, &self.message);
        if let Some(data) = &self.data {
            text.push_str(",\"data\":");
            text.push_str(data);
        }
        text.push('}');
        Ok(text)
    }
}

fn push(bytes: &Bytes, text: &mut String, binary: &mut dyn FnMut(&[Bytes]) -> String) -> Result<(), BodyError> {
    let mut write = |data: Option<&[u8]>, text: &mut String| {
        text.push_str(&binary(data.map(|data| bytes.slice_ref(data)).as_slice()));
        true
    };
    push_json_with(&mut Reader::new(bytes), text, &mut write)
        .map_err(|error: MsgpackError| BodyError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::binary_placeholder;

    #[test]
    fn binary_data_stands_aside() {
        let payload = Payload::Msgpack(Bytes::from_static(b"\x82\xa1b\xc4\x03xyz\xa1a\x01"));
        let mut seen = Vec::new();
        let text = payload.to_json(&mut |pieces| {
            seen.push(pieces.concat());
            binary_placeholder(pieces)
        });
        assert_eq!(text.unwrap(), r#"{"b":{"$binary":{"bytes":3}},"a":1}"#);
        assert_eq!(seen, [b"xyz"]);
        assert_eq!(Payload::Msgpack(Bytes::from_static(b"\xc4\x01z")).as_binary().unwrap().concat(), b"z");
        assert!(payload.as_binary().is_none());
        assert!(
            Payload::Msgpack(Bytes::from_static(b"\x92\x01"))
                .to_json(&mut |pieces| binary_placeholder(pieces))
                .is_err()
        );
    }
}
