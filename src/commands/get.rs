//! `get`: a state, or a value in it.

use anyhow::{Context as _, Result};
use serde_json::json;
use serde_json::value::RawValue;

use super::load::{load, outcome};
use super::{Context, Outcome};
use crate::cli::GetArgs;
use crate::scene::{Path, SceneError, raw};

pub(super) fn run(context: &mut Context, args: GetArgs) -> Result<Outcome> {
    let loaded = load(context, &args.source)?;
    let scene = &loaded.scene;
    let ids = scene.select_some(&args.selector)?;
    let path = args.value_path.unwrap_or_default();
    let several = ids.len() > 1;
    let mut failure = None;
    let mut found_any = false;
    for id in &ids {
        let unreadable = || format!("the state of object {id} cannot be read");
        let value = match scene.lookup(id, &path) {
            Ok(found) => found.value,
            // Of many objects, some may not have what others have.
            Err(error) if several && error.is_no() => {
                failure.get_or_insert(error);
                continue;
            }
            Err(error @ SceneError::NotJson(_)) => return Err(error).with_context(unreadable),
            Err(error) => return Err(error.into()),
        };
        found_any = true;
        if args.json {
            let class = scene.head(id).map(|head| head.class.into_owned());
            let value: &RawValue = serde_json::from_str(&value).with_context(unreadable)?;
            let line = Line { id, class, path: &path, value };
            context.out.line(serde_json::to_string(&line)?)?;
        } else if several {
            context.out.line(format!("{}\t{value}", scene.describe(id)))?;
        } else if context.out.is_terminal && path == Path::default() {
            context.out.line(raw::pretty(&value))?;
        } else {
            context.out.line(&value)?;
        }
    }
    match failure {
        Some(error) if !found_any => Err(error.into()),
        _ => Ok(outcome(loaded.incomplete)),
    }
}

/// One line of `--json`. A struct and not [`json!`], so that numbers print as the server wrote them.
struct Line<'a> {
    id: &'a crate::scene::ObjectId,
    class: Option<String>,
    path: &'a Path,
    value: &'a RawValue,
}

impl serde::Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("id", self.id)?;
        map.serialize_entry("class", &json!(self.class))?;
        map.serialize_entry("path", &self.path.to_string())?;
        map.serialize_entry("value", self.value)?;
        map.end()
    }
}
