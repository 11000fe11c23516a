//! What a client has just set itself: real servers tell everybody but the client that did.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::protocol::msgpack::{Reader, Token};
use crate::protocol::viser::message::Message;

/// A server that has not said it by then will not: what is unchanged is not told.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client that drags something sends twenty a second.
const MOST: usize = 1_024;

/// Values of this size are no slider's: they are not remembered.
const LARGEST: usize = 64 << 10;

/// What one client has set, in order.
#[derive(Debug, Default)]
pub(super) struct Echoes(VecDeque<Echo>);

#[derive(Debug)]
struct Echo {
    /// Of what: an id or a name, and the property.
    of: (String, String),
    value: Vec<u8>,
    time: Instant,
}

impl Echoes {
    /// A client says something.
    pub(super) fn said(&mut self, message: &Message) {
        let time = Instant::now();
        self.0.retain(|echo| time.duration_since(echo.time) < PATIENCE);
        for (of, value) in effects(message) {
            if value.len() <= LARGEST {
                self.0.push_back(Echo { of, value, time });
            }
        }
        while self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// True for what a server says because this client has set it. Each is told once.
    pub(super) fn take(&mut self, message: &Message) -> bool {
        let effects = self.contradict(message);
        if effects.is_empty() || effects.iter().any(|(of, value)| self.find(of, value).is_none()) {
            return false;
        }
        // The server merges what comes fast: what was set before will not be told any more.
        for (of, value) in &effects {
            if let Some(at) = self.find(of, value) {
                let mut place = 0;
                self.0.retain(|echo| {
                    place += 1;
                    place > at + 1 || echo.of != *of
                });
            }
        }
        true
    }

    /// Where a server says something else than this client has set, the client has to hear of whatever it says next,
    /// also if that is what the client has set: it shows something else by then. Gives what the message sets.
    pub(super) fn contradict(&mut self, message: &Message) -> Effects {
        if self.0.is_empty() {
            return Vec::new();
        }
        let effects = effects(message);
        for (of, value) in &effects {
            if self.find(of, value).is_none() {
                self.0.retain(|echo| echo.of != *of);
            }
        }
        effects
    }

    fn find(&self, of: &(String, String), value: &[u8]) -> Option<usize> {
        let now = Instant::now();
        let is_it = |echo: &Echo| {
            echo.of == *of && now.duration_since(echo.time) < PATIENCE && is_same_value(&echo.value, value)
        };
        self.0.iter().rposition(is_it)
    }
}

/// Properties, each of an id or a name, and their values.
type Effects = Vec<((String, String), Vec<u8>)>;

/// What a message sets, whoever says it.
fn effects(message: &Message) -> Effects {
    let of = |field| message.text(field).map(str::to_owned);
    let value = |field| message.raw(field).map(<[u8]>::to_vec);
    match (message.kind(), of("uuid"), of("name")) {
        ("GuiUpdateMessage", Some(uuid), _) => {
            let updates = message.members("updates");
            updates.map(|(name, value)| ((uuid.clone(), name.to_owned()), value.data.to_vec())).collect()
        }
        ("GuiFormDirtyMessage", Some(uuid), _) => vec![((uuid, String::new()), Vec::new())],
        ("TransformControlsUpdateMessage" | "SetOrientationMessage" | "SetPositionMessage", _, Some(name)) => {
            let found = ["wxyz", "position"].into_iter().filter_map(|field| Some((field, value(field)?)));
            found.map(|(field, value)| ((name.clone(), field.to_owned()), value)).collect()
        }
        _ => Vec::new(),
    }
}

/// True for values that are the same to a server, which makes of them what it has: 1 and 1.0, and what is rounded.
pub(super) fn is_same_value(a: &[u8], b: &[u8]) -> bool {
    let (mut a, mut b) = (Reader::new(a), Reader::new(b));
    loop {
        if a.is_at_end() || b.is_at_end() {
            return a.is_at_end() && b.is_at_end();
        }
        let (Ok(left), Ok(right)) = (a.token(), b.token()) else { return false };
        let same = match (number(&left), number(&right)) {
            (Some(left), Some(right)) => (left - right).abs() <= 1e-6 * left.abs().max(right.abs()).max(1.0),
            (None, None) => left == right,
            _ => false,
        };
        if !same {
            return false;
        }
    }
}

fn number(token: &Token<'_>) -> Option<f64> {
    match token {
        Token::Unsigned(number) => Some(*number as f64),
        Token::Negative(number) => Some(*number as f64),
        Token::Float(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::viser::relay::testing::{message, packed};

    fn set(value: serde_json::Value) -> Message {
        message(json!({"type": "GuiUpdateMessage", "uuid": "u", "updates": {"value": value}}))
    }

    #[test]
    fn values_are_compared_as_a_server_takes_them() {
        let same = |a, b| is_same_value(&packed(&a), &packed(&b));
        assert!(same(json!(1), json!(1.0)) && same(json!([1, "x"]), json!([1.000_000_1, "x"])));
        assert!(!same(json!(1), json!(2)) && !same(json!([1]), json!([1, 2])) && !same(json!(1), json!("1")));
    }

    #[test]
    fn what_a_client_set_is_taken_once_and_what_it_set_before_is_not_waited_for() {
        let mut echoes = Echoes::default();
        [0.1, 0.2, 0.3].into_iter().for_each(|value| echoes.said(&set(json!(value))));
        assert!(echoes.take(&set(json!(0.2))));
        assert_eq!(echoes.0.len(), 1);
        assert!(echoes.take(&set(json!(0.3))) && !echoes.take(&set(json!(0.3))));
        assert!(echoes.0.is_empty());
    }

    #[test]
    fn what_a_client_set_is_told_after_something_else_was() {
        let mut echoes = Echoes::default();
        [0.1, 0.2].into_iter().for_each(|value| echoes.said(&set(json!(value))));
        echoes.said(&message(json!({"type": "GuiUpdateMessage", "uuid": "v", "updates": {"value": 0.2}})));
        // A program's word, and then the same value again.
        assert!(!echoes.take(&set(json!(0.7))) && !echoes.take(&set(json!(0.2))));
        assert_eq!(echoes.0.len(), 1, "those of other elements stay");
        echoes.said(&set(json!(0.4)));
        assert!(echoes.take(&set(json!(0.4))));
    }

    #[test]
    fn a_gizmo_moves_for_everybody_else() {
        let mut echoes = Echoes::default();
        let moved = json!({"type": "TransformControlsUpdateMessage", "name": "/g", "wxyz": [1, 0, 0, 0],
            "position": [1, 2, 3], "owner": ""});
        echoes.said(&message(moved));
        let told = |kind, field: &str, value| message(json!({"type": kind, "name": "/g", field: value, "owner": ""}));
        assert!(echoes.take(&told("SetPositionMessage", "position", json!([1.0, 2.0, 3.0]))));
        assert!(!echoes.take(&told("SetPositionMessage", "position", json!([1.0, 2.0, 3.0]))));
        assert!(echoes.take(&told("SetOrientationMessage", "wxyz", json!([1.0, 0.0, 0.0, 0.0]))));
    }
}
