//! `get`: a state, a value in it, or the values of an array.

mod export;
mod summary;
mod value;
mod world;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::value::RawValue;

use super::load::{load, outcome};
use super::{Context, Outcome, Refused};
use crate::cli::{GetArgs, GetWhat};
use crate::render::{array_summary, array_summary_json};
use crate::scene::{ObjectId, Scene, SceneError, SlicedPath, raw};
use summary::summary;
use value::Value;

pub(super) use export::check;

pub(super) fn run(context: &mut Context, args: GetArgs) -> Result<Outcome> {
    check(context, &args.what)?;
    let loaded = load(context, &args.source)?;
    print(context, &loaded.scene, loaded.incomplete, &args.what)
}

/// Prints values of a scene; what [`check`] refuses, it does all the same.
pub(super) fn print(context: &mut Context, scene: &Scene, incomplete: bool, args: &GetWhat) -> Result<Outcome> {
    let ids = scene.select_some(&args.selector)?;
    if args.world {
        world::print(context, scene, &ids, args.json)?;
        return Ok(outcome(incomplete));
    }
    let path = args.value_path.clone().unwrap_or_default();
    if args.form.chosen().is_some() {
        let is_whole = export::run(context, args, scene, &ids, &path)?;
        return Ok(outcome(incomplete || !is_whole));
    }
    let several = ids.len() > 1;
    let (mut failure, mut found_any, mut is_whole) = (None, false, true);
    for id in &ids {
        let value = match value::of(scene, id, &path) {
            Ok(value) => value,
            // Of many objects, some may not have what others have.
            Err(error) if several && error.downcast_ref::<SceneError>().is_some_and(SceneError::is_no) => {
                failure.get_or_insert(error);
                continue;
            }
            // Nor may its blob be there.
            Err(error) if several && error.is::<Refused>() => {
                context.warn(error.to_string());
                (found_any, is_whole) = (true, false);
                continue;
            }
            Err(error) => return Err(error),
        };
        found_any = true;
        if let Some(misfit) = &value.misfit {
            context.warn(format!("{}: {misfit}", scene.describe(id)));
            is_whole = false;
        }
        let as_array = |value: &Value<'_>| value.object.as_ref().and_then(|object| summary(scene, object));
        if args.json {
            let class = scene.head(id).map(|head| head.class.into_owned());
            let unreadable = || format!("the state of object {id} cannot be read");
            let text: &RawValue = serde_json::from_str(&value.text).with_context(unreadable)?;
            let array = if args.state { None } else { as_array(&value) };
            let array = array.map(|array| array_summary_json(&array)).transpose()?;
            let line = Line { id, class, path: &path, value: text, array };
            context.out.line(serde_json::to_string(&line)?)?;
        } else if several {
            context.out.line(format!("{}\t{}", scene.describe(id), value.text))?;
        } else if let Some(array) = as_array(&value).filter(|_| !args.state) {
            array_summary(&mut context.out, &array)?;
        } else if !context.out.is_terminal {
            context.out.line(&value.text)?;
        } else if path == SlicedPath::default() || value.is_rows {
            context.out.line(raw::pretty(&value.text))?;
        } else {
            context.out.line(&value.text)?;
        }
    }
    match failure {
        Some(error) if !found_any => Err(error),
        _ => Ok(outcome(incomplete || !is_whole)),
    }
}

/// One line of `--json`. A struct and not [`serde_json::json!`], so that numbers print as the server wrote them.
struct Line<'a> {
    id: &'a ObjectId,
    class: Option<String>,
    path: &'a SlicedPath,
    value: &'a RawValue,
    array: Option<Box<RawValue>>,
}

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", self.id)?;
        map.serialize_entry("class", &self.class)?;
        map.serialize_entry("path", &self.path.to_string())?;
        map.serialize_entry("value", self.value)?;
        if let Some(array) = &self.array {
            map.serialize_entry("array", array)?;
        }
        map.end()
    }
}
