//! What a server says to one client, as neutral words.

use serde_json::Value as Json;

use crate::protocol::msgpack::{Reader, Token};
use crate::protocol::viser::message::{Message, Value};
use crate::protocol::{Change, Notification, PictureRequest};

/// Values in a list; colours and positions have fewer.
const MOST_VALUES: u32 = 16;

/// A scalar, or a short list of them; null for anything else.
fn short(value: &[u8]) -> Json {
    let mut reader = Reader::new(value);
    let scalar = |token: Token<'_>| match token {
        Token::Bool(value) => value.into(),
        Token::Unsigned(number) => number.into(),
        Token::Negative(number) => number.into(),
        Token::Float(number) => number.into(),
        Token::Text(text) => String::from_utf8_lossy(text).into(),
        _ => Json::Null,
    };
    match reader.token() {
        Ok(Token::Array(len)) if len <= MOST_VALUES => {
            (0..len).map_while(|_| reader.token().ok()).map(scalar).collect()
        }
        Ok(token) => scalar(token),
        Err(_) => Json::Null,
    }
}

/// A field that is a number.
pub(super) fn number(message: &Message, name: &str) -> Option<f64> {
    short(message.raw(name)?).as_f64().filter(|number| number.is_finite())
}

/// A field of so many numbers.
pub(super) fn numbers<const N: usize>(message: &Message, name: &str) -> Option<[f64; N]> {
    let found = short(message.raw(name)?);
    let found: Vec<f64> = found.as_array()?.iter().filter_map(Json::as_f64).filter(|n| n.is_finite()).collect();
    found.try_into().ok()
}

/// A field that is bytes.
pub(super) fn bytes<'a>(message: &'a Message, name: &str) -> Option<&'a [u8]> {
    match Reader::new(message.raw(name)?).token() {
        Ok(Token::Binary(bytes)) => Some(bytes),
        _ => None,
    }
}

/// What a message says of a notification; where it goes, only which one.
pub(super) fn notification(message: &Message) -> Notification {
    let change = match message.kind() {
        "NotificationShowMessage" => Change::Shown,
        "NotificationUpdateMessage" => Change::Changed,
        _ => Change::Gone,
    };
    let props: Vec<(&str, Value<'_>)> = message.members("props").collect();
    let prop =
        |name: &str| props.iter().find(|(prop, _)| *prop == name).map_or(Json::Null, |(_, value)| short(value.data));
    let text = |name: &str| prop(name).as_str().unwrap_or_default().to_owned();
    Notification {
        change,
        id: message.text("uuid").unwrap_or_default().to_owned(),
        title: text("title"),
        body: text("body"),
        color: prop("color"),
        loading: prop("loading") == Json::Bool(true),
        close_button: prop("with_close_button") == Json::Bool(true),
        auto_close: prop("auto_close_seconds").as_f64(),
    }
}

/// The picture that a message asks for.
pub(super) fn picture(message: &Message) -> PictureRequest {
    PictureRequest {
        format: message.text("format").unwrap_or_default().to_owned(),
        width: message.count("width").unwrap_or_default(),
        height: message.count("height").unwrap_or_default(),
        quality: message.count("quality").unwrap_or_default(),
        position: numbers(message, "position").unwrap_or_default(),
        wxyz: numbers(message, "wxyz").unwrap_or([1.0, 0.0, 0.0, 0.0]),
        fov: number(message, "fov").unwrap_or_default().to_degrees(),
    }
}
