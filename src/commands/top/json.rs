//! `top` for programs: `docs/schemas/top.schema.json`.

use serde_json::{Value, json};

use crate::analysis::usage::{ActorRow, ArrayUse, Share, Usage};
use crate::cli::{TopBy, TopWhat};
use crate::scene::Element;
use crate::scene::Paths;

/// The whole answer.
pub(super) fn document(usage: &Usage<'_>, source: &str, args: &TopWhat) -> Value {
    let most = args.rows.unwrap_or(usize::MAX);
    let paths = usage.paths();
    let rows: Vec<Value> = match args.by {
        TopBy::Array => usage.by_array().into_iter().take(most).map(|row| array(usage, &paths, row)).collect(),
        TopBy::Object => usage
            .by_object()
            .iter()
            .take(most)
            .map(|row| with(&row.share, json!({"id": row.id, "class": row.class, "name": row.name})))
            .collect(),
        TopBy::Class => {
            usage.by_class().iter().take(most).map(|row| with(&row.share, json!({"class": row.class}))).collect()
        }
        TopBy::Actor => {
            let (props, rests): (Vec<_>, Vec<_>) = usage.by_actor().into_iter().partition(|row| row.owner.is_ok());
            props.iter().take(most).chain(&rests).map(|row| actor(&paths, row)).collect()
        }
    };
    let totals = &usage.totals;
    json!({
        "version": 1,
        "source": source,
        "by": match args.by {
            TopBy::Array => "array",
            TopBy::Object => "object",
            TopBy::Class => "class",
            TopBy::Actor => "actor",
        },
        "inspected": !args.no_inspect,
        "rows": rows,
        "unreferenced_blobs": usage.unreferenced.iter().map(|(hash, size)| json!({"blob": hash, "bytes": size}))
            .collect::<Vec<_>>(),
        "totals": {
            "objects": totals.objects,
            "state_bytes": totals.state_bytes,
            "blobs": totals.blobs,
            "blob_bytes": totals.blob_bytes,
            "bytes": totals.bytes(),
            "missing_blobs": totals.missing_blobs,
            "unused_bytes": totals.unused_bytes,
            "narrower_bytes": totals.narrower_bytes,
        },
        "budget": args.budget,
        "over_budget": args.budget.is_some_and(|budget| totals.bytes() > budget),
    })
}

fn array(usage: &Usage<'_>, paths: &Paths<'_>, array: &ArrayUse<'_>) -> Value {
    let (props, maybe_more) = usage.props_of(array.id);
    let facts = array.facts.clone().unwrap_or_default();
    json!({
        "id": array.id,
        "class": array.class,
        "name": array.name,
        "type": array.element.map(Element::name),
        "shape": [array.tuples, array.components],
        "blob": array.hash,
        "blob_bytes": array.blob_bytes,
        "bytes": array.bytes(),
        "same_as": array.same_as,
        "copies": array.copies,
        "used_by": props.first().map(|prop| paths.to(prop)),
        "props": props,
        "more_props": maybe_more,
        "unused": array.unused,
        "reachable": array.reachable,
        "constant": facts.constant,
        "ramp": facts.ramp.map(|ramp| [ramp.first, ramp.last, ramp.step].map(number)),
        "fits": facts.fits.map(Element::name),
        "saves": array.narrower_saves(),
        "problem": facts.problem,
    })
}

fn actor(paths: &Paths<'_>, row: &ActorRow<'_>) -> Value {
    let described = match &row.owner {
        Ok(prop) => {
            json!({"id": prop.id, "class": prop.class, "name": prop.name, "path": paths.to(prop.id), "rest": null})
        }
        Err(rest) => json!({"id": null, "class": null, "name": null, "path": null, "rest": rest}),
    };
    with(&row.share, described)
}

/// A whole number; beyond 64 bits the nearest float.
fn number(value: i128) -> Value {
    i64::try_from(value)
        .map(Value::from)
        .or_else(|_| u64::try_from(value).map(Value::from))
        .unwrap_or_else(|_| (value as f64).into())
}

/// The bytes beside what they are of.
fn with(share: &Share, mut row: Value) -> Value {
    if let Value::Object(row) = &mut row {
        row.insert(String::from("objects"), share.objects.into());
        row.insert(String::from("state_bytes"), share.state_bytes.into());
        row.insert(String::from("blob_bytes"), share.blob_bytes.into());
        row.insert(String::from("bytes"), share.bytes().into());
    }
    row
}
