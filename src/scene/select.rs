//! Selectors: how a person names objects. This is the grammar; [`super::matching`] finds them.
//!
//! ```text
//! selector := alternative ("," alternative)*
//! alternative := start step*  |  step+
//! start := "*" | id | class | root-name, filters
//! step  := "/" name filters   |  "//" (class | "*" | id) filters
//! filter := "[" path "]"  |  "[" path ("=" | "!=" | "<" | "<=" | ">" | ">=") value "]"
//! ```

use std::fmt;
use std::str::FromStr;

use super::{Path, SceneError};

/// A parsed selector.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    pub(super) text: String,
    pub(super) alternatives: Vec<Alternative>,
}

/// One of the comma-separated parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alternative {
    /// `None`: from the roots.
    pub(super) start: Option<Test>,
    pub(super) steps: Vec<Step>,
}

/// A name and the filters behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) name: String,
    pub(super) filters: Vec<Filter>,
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
        let test = Test { name: String::from("*"), filters: Vec::new() };
        Self { text: String::from("*"), alternatives: vec![Alternative { start: Some(test), steps: Vec::new() }] }
    }

    /// The id, where the selector is nothing but one id.
    pub fn single_id(&self) -> Option<u64> {
        match self.alternatives.as_slice() {
            [Alternative { start: Some(Test { name, filters }), steps }] if filters.is_empty() && steps.is_empty() => {
                name.parse().ok()
            }
            _ => None,
        }
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
        let start = if self.rest().starts_with('/') { None } else { Some(self.test()?) };
        let mut steps = Vec::new();
        while self.take("/") {
            let below = self.take("/");
            if steps.is_empty() && start.is_none() && !below && self.at_end_of_alternative() {
                break; // a lone "/": the roots themselves
            }
            steps.push(Step { below, test: self.test()? });
        }
        Ok(Alternative { start, steps })
    }

    fn at_end_of_alternative(&self) -> bool {
        let rest = self.rest().trim_start();
        rest.is_empty() || rest.starts_with(',')
    }

    fn test(&mut self) -> Result<Test, SceneError> {
        let name = self.name()?;
        let mut filters = Vec::new();
        while self.take("[") {
            filters.push(self.filter()?);
        }
        Ok(Test { name, filters })
    }

    /// A class, id, property or `*`. Angle brackets and what is in them belong to the name, for
    /// classes such as `vtkAOSDataArrayTemplate<long long>`.
    fn name(&mut self) -> Result<String, SceneError> {
        if let Some(quoted) = self.rest().strip_prefix('"') {
            let (name, _) = quoted.split_once('"').ok_or_else(|| self.fail("a quote is not closed"))?;
            self.at += name.len() + 2;
            return Ok(name.to_owned());
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
