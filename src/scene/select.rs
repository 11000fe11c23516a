//! Selectors: how a person names objects. This is the grammar; [`super::matching`] finds them.
//!
//! ```text
//! selector := alternative ("," alternative)*
//! alternative := start step*  |  step+
//! start := ("*" | id | class | root-name | "#" id) filters
//! step  := "/" name filters   |  "//" (class | "*" | id) filters
//! filter := "[" path "]"  |  "[" path ("=" | "!=" | "<" | "<=" | ">" | ">=") value "]"
//! ```
//! Names and ids may be quoted as in JSON, and must be where they hold what means something here. Ids that are names may
//! look like ways down (`/a/b`): the longest beginning of an alternative that is some object's id is that object, and
//! what is behind it are steps. `#` says that an id follows; one without quotes goes up to a space, a comma or a bracket,
//! one of digits as far as they go.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::path::{quoted, unquoted};
use super::{ObjectId, Path, SceneError};

/// A parsed selector.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    pub(super) text: String,
    pub(super) alternatives: Vec<Alternative>,
}

/// One of the comma-separated parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alternative {
    /// Where it begins in the text.
    pub(super) at: usize,
    /// `None`: from the roots.
    pub(super) start: Option<Test>,
    pub(super) steps: Vec<Step>,
}

/// A name and the filters behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) name: String,
    /// How the name is meant.
    pub(super) reading: Reading,
    /// Where the name ends in the text.
    pub(super) end: usize,
    pub(super) filters: Vec<Filter>,
}

/// How a name is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it comes: `*` is everything.
    Plain,
    /// It was quoted: `"*"` is a name.
    Quoted,
    /// It is an id, and nothing else.
    Id,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// True for `//`.
    pub(super) below: bool,
    pub(super) test: Test,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter {
    pub(super) path: Path,
    pub(super) condition: Option<(Comparison, serde_json::Value)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// Longest first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Comparison); 6] = [
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessEqual),
    (">=", Comparison::GreaterEqual),
    ("=", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Selector {
    /// The selector that matches every object.
    pub fn all() -> Self {
        let test = Test { name: String::from("*"), reading: Reading::Plain, end: 1, filters: Vec::new() };
        let alternative = Alternative { at: 0, start: Some(test), steps: Vec::new() };
        Self { text: String::from("*"), alternatives: vec![alternative] }
    }

    /// The id, where the selector is nothing but what can only be one: `12`, `#12`, `#/a/b`.
    pub fn single_id(&self) -> Option<ObjectId> {
        match self.alternatives.as_slice() {
            [Alternative { start: Some(Test { name, reading, filters, .. }), steps, .. }]
                if filters.is_empty() && steps.is_empty() =>
            {
                let id = ObjectId::parse(name);
                (*reading == Reading::Id || id.number().is_some()).then_some(id)
            }
            _ => None,
        }
    }
}

/// A name as a step of a selector: in quotes where it would not be read as it is.
pub(super) fn quoted_name(name: &str) -> Cow<'_, str> {
    let is_special = |c: char| c.is_whitespace() || matches!(c, '/' | '[' | ']' | ',' | '=' | '"' | '<' | '>');
    if name == "*" { Cow::Borrowed("\"*\"") } else { quoted(name, is_special) }
}

/// An id as a selector that names this object, whatever else there is.
pub(super) fn quoted_id(id: &ObjectId) -> String {
    let text = id.to_string();
    let is_special = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '=' | '"' | '<' | '>' | '*');
    match quoted(&text, is_special) {
        Cow::Borrowed(_) => text,
        Cow::Owned(quoted) => format!("#{quoted}"),
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Selector {
    type Err = SceneError;

    fn from_str(text: &str) -> Result<Self, SceneError> {
        let mut parser = Parser { text, at: 0 };
        let mut alternatives = Vec::new();
        loop {
            parser.skip_space();
            alternatives.push(parser.alternative()?);
            parser.skip_space();
            if parser.take(",") {
                continue;
            }
            if parser.rest().is_empty() {
                break;
            }
            return Err(parser.fail("this does not belong here"));
        }
        Ok(Self { text: text.to_owned(), alternatives })
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fail(&self, reason: &str) -> SceneError {
        let at = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        SceneError::Selector { selector: self.text.to_owned(), reason: reason.to_owned(), at }
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn alternative(&mut self) -> Result<Alternative, SceneError> {
        let at = self.at;
        let start = match self.rest().as_bytes() {
            [b'/', ..] => None,
            [b'#', ..] => Some(self.id()?),
            _ => Some(self.test()?),
        };
        let mut steps = Vec::new();
        while self.take("/") {
            let below = self.take("/");
            if steps.is_empty() && start.is_none() && !below && self.at_end_of_alternative() {
                break; // a lone "/": the roots themselves
            }
            steps.push(Step { below, test: self.test()? });
        }
        Ok(Alternative { at, start, steps })
    }

    fn at_end_of_alternative(&self) -> bool {
        let rest = self.rest().trim_start();
        rest.is_empty() || rest.starts_with(',')
    }

    fn test(&mut self) -> Result<Test, SceneError> {
        let reading = if self.rest().starts_with('"') { Reading::Quoted } else { Reading::Plain };
        let name = self.name()?;
        self.filtered(name, reading)
    }

    /// An id behind its `#`.
    fn id(&mut self) -> Result<Test, SceneError> {
        self.at += 1;
        if self.rest().starts_with('"') {
            let name = self.name()?;
            return self.filtered(name, Reading::Id);
        }
        let digits = self.rest().find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest().len());
        let end = self.rest().find(|c: char| c.is_whitespace() || matches!(c, ',' | '[')).unwrap_or(self.rest().len());
        let is_number =
            digits > 0 && self.rest().get(digits..end).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let id = self.rest().get(..if is_number { digits } else { end }).unwrap_or_default();
        if id.is_empty() {
            return Err(self.fail("an id is missing behind the #"));
        }
        self.at += id.len();
        self.filtered(id.to_owned(), Reading::Id)
    }

    fn filtered(&mut self, name: String, reading: Reading) -> Result<Test, SceneError> {
        let end = self.at;
        let mut filters = Vec::new();
        while self.take("[") {
            filters.push(self.filter()?);
        }
        Ok(Test { name, reading, end, filters })
    }

    /// A class, id, property or `*`. Angle brackets and what is in them belong to the name, for
    /// classes such as `vtkAOSDataArrayTemplate<long long>`.
    fn name(&mut self) -> Result<String, SceneError> {
        if self.rest().starts_with('"') {
            let (name, rest) = unquoted(self.rest()).map_err(|reason| self.fail(reason))?;
            self.at = self.text.len() - rest.len();
            return Ok(name);
        }
        let mut angles = 0_usize;
        let end = self.rest().find(|c: char| {
            match c {
                '<' => angles += 1,
                '>' => angles = angles.saturating_sub(1),
                _ => {}
            }
            angles == 0 && c != '>' && (matches!(c, '/' | '[' | ']' | ',' | '=' | '"') || c.is_whitespace())
        });
        let name = self.rest().get(..end.unwrap_or(self.rest().len())).unwrap_or_default();
        if name.is_empty() {
            return Err(self.fail("a name, an id or * is missing here"));
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    fn filter(&mut self) -> Result<Filter, SceneError> {
        let body = self.filter_body()?;
        let operator = first_operator(body);
        let (path, condition) = match operator {
            None => (body, None),
            Some((at, symbol, comparison)) => {
                let value = body.get(at + symbol.len()..).unwrap_or_default().trim();
                if value.is_empty() {
                    return Err(self.fail("a value is missing behind the comparison"));
                }
                let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
                (body.get(..at).unwrap_or_default(), Some((comparison, value)))
            }
        };
        let path = path.trim();
        if path.is_empty() {
            return Err(self.fail("a property is missing in the filter"));
        }
        let path = path.parse().map_err(|error: SceneError| self.fail(&error.to_string()))?;
        self.at += body.len() + 1;
        Ok(Filter { path, condition })
    }

    /// What stands up to the bracket that closes the filter: brackets and quotes inside are skipped.
    fn filter_body(&self) -> Result<&'a str, SceneError> {
        let mut depth = 0_usize;
        let mut quoted = false;
        let mut escaped = false;
        for (at, c) in self.rest().char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted && depth == 0 => return Ok(self.rest().get(..at).unwrap_or_default()),
                ']' if !quoted => depth -= 1,
                _ => {}
            }
        }
        Err(self.fail("a [ is not closed"))
    }
}

/// The first comparison outside quotes.
fn first_operator(body: &str) -> Option<(usize, &'static str, Comparison)> {
    let mut quoted = false;
    for (at, c) in body.char_indices() {
        quoted ^= c == '"';
        if !quoted {
            let rest = body.get(at..).unwrap_or_default();
            if let Some(&(symbol, comparison)) = OPERATORS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
                return Some((at, symbol, comparison));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_design_are_read() {
        for good in [
            "12",
            "*",
            "/",
            "vtkActor",
            "/Renderers/0/ViewProps/2",
            "vtkActor[Visibility=0][Mapper.ScalarVisibility=1]",
            "//vtkTexture",
            "1/Renderers/0",
            "left/Renderers/0//vtkActor[Position=[0.0,0.0,1.0]]",
            "12, 13 ,vtkCamera",
            "vtkAOSDataArrayTemplate<long long>[NumberOfTuples>10]",
            r#"Mesh[name="a]b"]"#,
            "Mesh[name=/a/b]",
            "vtkActor[Texture]",
        ] {
            let selector: Selector = good.parse().unwrap_or_else(|e| panic!("{good}: {e}"));
            assert_eq!(selector.to_string(), good);
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (bad, at) in [("", 1), ("vtkActor[", 10), ("a,,b", 3), ("a[=1]", 3), ("a[b=]", 3), ("/a/", 4), ("a b", 3)] {
            match bad.parse::<Selector>() {
                Err(SceneError::Selector { at: found, .. }) => assert_eq!(found, at, "{bad}"),
                other => panic!("{bad}: {other:?}"),
            }
        }
    }
}
