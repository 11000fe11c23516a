//! The ids of wslink messages: `rpc:CLIENT:N`, `system:CLIENT:N`, `publish:TOPIC:N`.

use std::fmt;

/// What a message is, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A call, or the reply to one.
    Rpc,
    /// A call that wslink itself answers: the hello.
    System,
    /// A message that nobody asked for.
    Publish,
}

/// A parsed id. Real clients match `^(rpc|publish|system):(\w+(?:\.\w+)*):(?:\d+)$` (wslink.js 2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id<'a> {
    /// What the message is.
    pub kind: Kind,
    /// The client's id, or the topic.
    pub scope: &'a str,
    /// The count behind the second colon.
    pub number: u64,
}

impl<'a> Id<'a> {
    /// Reads an id; `None` for anything that does not follow the grammar.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let (scope, number) = rest.split_once(':')?;
        let kind = match kind {
            "rpc" => Kind::Rpc,
            "system" => Kind::System,
            "publish" => Kind::Publish,
            _ => return None,
        };
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if !scope.split('.').all(is_word) || !digits {
            return None;
        }
        Some(Self { kind, scope, number: number.parse().ok()? })
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Rpc => "rpc",
            Kind::System => "system",
            Kind::Publish => "publish",
        };
        write!(f, "{kind}:{}:{}", self.scope, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_grammar_is_that_of_the_clients() {
        let topic = Id::parse("publish:trame.actions.topic:0").unwrap();
        assert_eq!((topic.kind, topic.scope, topic.number), (Kind::Publish, "trame.actions.topic", 0));
        for good in ["rpc:c1f:12", "system:c0:0", "rpc:creverse_connection_client_id:1"] {
            assert_eq!(Id::parse(good).unwrap().to_string(), good);
        }
        for bad in
            ["", "rpc", "rpc:a", "rpc::1", "rpc:a:", "rpc:a:b", "rpc:a:1:2", "rpc:a..b:1", "foo:a:1", "rpc:a-b:1"]
        {
            assert_eq!(Id::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(scope in "[A-Za-z0-9_]{1,9}(\\.[A-Za-z0-9_]{1,9}){0,3}", number: u64) {
            let id = Id { kind: Kind::Rpc, scope: &scope, number };
            let text = id.to_string();
            prop_assert_eq!(Id::parse(&text), Some(id));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text: String) {
            let _ = Id::parse(&text);
        }
    }
}
