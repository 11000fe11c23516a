//! What there is to say of an array.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Out, Table, array_json, bytes};
use crate::scene::{ArrayHead, Column, Element, Picked, Stats, without_controls};

/// What there is to say of an array.
pub struct ArraySummary<'a> {
    /// The object, as people call it.
    pub title: String,
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// What its state says.
    pub array: ArrayHead<'a>,
    /// The size of its blob, where that is there.
    pub blob_bytes: Option<u64>,
    /// What its values are like, where there are any to look at.
    pub stats: Option<Stats>,
    /// The first rows.
    pub first: Option<Picked>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Prints an array for people.
///
/// # Errors
/// As [`Out::line`].
pub fn array_summary(out: &mut Out, summary: &ArraySummary<'_>) -> io::Result<()> {
    let ArraySummary { title, array, blob_bytes, stats, first, problem, .. } = summary;
    out.line(title)?;
    out.line(format!("type   {}", array.element.map_or("not known", Element::name)))?;
    let (rows, mut shape) = (array.tuples, array.tuples.to_string());
    let columns = std::slice::from_ref(&array.components);
    for size in if array.row.is_empty() { columns } else { &array.row } {
        shape.push_str(&format!(" x {size}"));
    }
    out.line(format!("shape  {shape}"))?;
    let size = blob_bytes.map_or_else(|| String::from("not there"), bytes);
    if let Some(hash) = &array.hash {
        out.line(format!("blob   {} ({size})", without_controls(hash)))?;
    }
    if let Some(problem) = problem {
        out.line(format!("but    {}", without_controls(problem)))?;
    }
    let Some(stats) = stats.as_ref() else { return Ok(()) };
    if let Some(first) = first.as_ref().filter(|first| first.rows > 0) {
        let mut text = Vec::new();
        array_json(&mut text, first)?;
        let more = if first.rows as u64 == rows { "" } else { " …" };
        out.line(format!("first  {}{more}", String::from_utf8_lossy(&text)))?;
    }
    if array.element.is_some_and(Element::is_float) {
        out.line(format!("nan    {}", stats.nan))?;
    }
    if let Some(bad) = stats.first_bad() {
        let (nan, infinite) = (stats.nan, stats.infinite);
        out.line(format!("bad    {nan} not a number, {infinite} infinite, the first in row {bad}"))?;
    }
    if stats.columns.iter().all(|column| column.exact.is_none()) {
        return Ok(());
    }
    let mut table = Table::new(["", "MIN", "MAX", "MEAN"], &[1, 2, 3]);
    let number = |number: f64| format!("{number:?}");
    for (k, column) in stats.columns.iter().enumerate() {
        let title = if stats.columns.len() > 1 { k.to_string() } else { String::from("all") };
        let (min, max) = column.exact.clone().unwrap_or_default();
        table.row([title, min, max, column.mean.map(number).unwrap_or_default()]);
    }
    if let Some(lengths) = stats.lengths {
        table.row([String::from("length"), number(lengths.min), number(lengths.max), String::new()]);
    }
    table.print(out)
}

/// The same as JSON.
///
/// # Errors
/// None that is known of.
pub fn array_summary_json(summary: &ArraySummary<'_>) -> serde_json::Result<Box<RawValue>> {
    let ArraySummary { array, stats, .. } = summary;
    let columns = |of: &dyn Fn(&Column) -> Option<String>| {
        let column = |column: &Column| RawValue::from_string(of(column).unwrap_or_else(|| String::from("null")));
        let columns = |stats: &Stats| stats.columns.iter().map(column).collect::<serde_json::Result<Vec<_>>>();
        stats.as_ref().map(columns).transpose()
    };
    let mut first = Vec::new();
    if let Some(rows) = &summary.first {
        array_json(&mut first, rows).map_err(serde_json::Error::io)?;
    }
    let first = String::from_utf8(first).unwrap_or_default();
    let first = if first.is_empty() { None } else { Some(RawValue::from_string(first)?) };
    serde_json::value::to_raw_value(&Line {
        name: summary.name.as_deref(),
        element: array.element.map(Element::name),
        tuples: array.tuples,
        components: array.components,
        row: &array.row,
        blob: array.hash.as_deref(),
        blob_bytes: summary.blob_bytes,
        min: columns(&|column| column.exact.clone().map(|(min, _)| min))?,
        max: columns(&|column| column.exact.clone().map(|(_, max)| max))?,
        mean: columns(&|column| column.mean.filter(|mean| mean.is_finite()).map(|mean| format!("{mean:?}")))?,
        length: stats.as_ref().and_then(|stats| stats.lengths).map(|lengths| [lengths.min, lengths.max]),
        nan: stats.as_ref().map(|stats| stats.nan),
        infinite: stats.as_ref().map(|stats| stats.infinite),
        first_bad: stats.as_ref().and_then(|stats| stats.first_bad()),
        first,
        problem: summary.problem.as_deref(),
    })
}

#[derive(Serialize)]
struct Line<'a> {
    name: Option<&'a str>,
    #[serde(rename = "type")]
    element: Option<&'static str>,
    tuples: u64,
    components: u64,
    #[serde(skip_serializing_if = "<[u64]>::is_empty")]
    row: &'a [u64],
    blob: Option<&'a str>,
    blob_bytes: Option<u64>,
    min: Option<Vec<Box<RawValue>>>,
    max: Option<Vec<Box<RawValue>>>,
    mean: Option<Vec<Box<RawValue>>>,
    length: Option<[f64; 2]>,
    nan: Option<u64>,
    infinite: Option<u64>,
    first_bad: Option<u64>,
    first: Option<Box<RawValue>>,
    problem: Option<&'a str>,
}
