//! What is wrong with a program, and where.

use jaq_core::compile;
use jaq_core::load::{self, File};

use crate::scene::raw;

/// It cannot be read.
pub(super) fn unread(text: &str, errors: load::Errors<&str, ()>) -> String {
    let first = |found: Option<(&str, &str)>| match found {
        Some((wanted, rest)) => format!("{wanted} is wanted at {}", place(text, rest)),
        None => String::from("it cannot be read"),
    };
    let words = |error: load::Error<&str>| match error {
        load::Error::Io(_) => String::from("modules are not read"),
        load::Error::Lex(errors) => first(errors.first().map(|(wanted, rest)| (wanted.as_str(), *rest))),
        load::Error::Parse(errors) => first(errors.first().map(|(wanted, rest)| (wanted.as_str(), *rest))),
    };
    errors.into_iter().map(|(_, error)| words(error)).collect::<Vec<_>>().join(", ")
}

/// It names what there is not.
pub(super) fn undefined(text: &str, errors: compile::Errors<&str, ()>) -> String {
    let errors = errors.into_iter().flat_map(|(_, errors): (File<&str, ()>, _)| errors);
    let words = |(name, kind): (&str, compile::Undefined)| {
        let at = position(text, name).map(|at| format!(" ({at})")).unwrap_or_default();
        format!("there is no {} {name}{at}", kind.as_str())
    };
    errors.map(words).collect::<Vec<_>>().join(", ")
}

/// The start of what was not understood, and where that is.
fn place(text: &str, rest: &str) -> String {
    if rest.is_empty() {
        return String::from("the end");
    }
    let shown: String = rest.lines().next().unwrap_or_default().chars().take(20).collect();
    let at = position(text, rest).map(|at| format!(" ({at})")).unwrap_or_default();
    format!("`{shown}`{at}")
}

/// Where a part of a text starts, counted from 1.
fn position(text: &str, part: &str) -> Option<String> {
    let before = text.get(..raw::span(text, part)?.start)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some(if text.contains('\n') { format!("line {line}, character {column}") } else { format!("character {column}") })
}
