//! A node, or a setting, with its properties. What is missing or of another kind is as viser has it by default.

use serde_json::Value;

use super::super::properties::Properties;
use crate::analysis::shapes::{Floats, LossKind, Losses, Transform, values};
use crate::scene::{ObjectId, Picked, Scene};

/// See the module.
pub(super) struct Thing {
    pub(super) id: ObjectId,
    pub(super) class: String,
    properties: Properties,
}

impl Thing {
    pub(super) fn read(scene: &Scene, id: &ObjectId) -> Option<Self> {
        let state = scene.state(id)?;
        let class = scene.dialect().head(state).class.into_owned();
        Some(Self { id: id.clone(), class, properties: Properties::read(state)? })
    }

    /// A property of the state itself.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.properties.get(name)
    }

    pub(super) fn is_visible(&self) -> bool {
        self.get("visible") != Some(&Value::Bool(false))
    }

    /// Nobody made it: it is there because something is below it.
    pub(super) fn is_stand_in(&self) -> bool {
        self.class == "Missing" || self.get("virtual") == Some(&Value::Bool(true))
    }

    /// What is below it, with the last part of its name.
    pub(super) fn children(&self) -> impl Iterator<Item = (String, ObjectId)> {
        let children = self.get("children").and_then(Value::as_object).into_iter().flatten();
        children.filter_map(|(name, child)| {
            // What begins with a $ has one more.
            let name = name.strip_prefix('$').filter(|rest| rest.starts_with('$')).unwrap_or(name);
            Some((name.to_owned(), reference(child)?))
        })
    }

    /// Where it is within what is above it. What is no place is none: NaN.
    pub(super) fn pose(&self) -> Transform {
        let Ok([w, x, y, z]) = self.get("wxyz").map_or(Ok([1.0, 0.0, 0.0, 0.0]), |wxyz| vector(wxyz).ok_or(())) else {
            return Transform { rotation: [f64::NAN; 4], ..Transform::IDENTITY };
        };
        let translation = self.get("position").map_or(Some([0.0; 3]), vector).unwrap_or([f64::NAN; 3]);
        Transform { translation, rotation: [x, y, z, w], scale: [1.0; 3] }
    }

    /// How large its own geometry is; what is below it is not scaled.
    pub(super) fn scale(&self) -> Transform {
        Transform { scale: self.sizes(), ..Transform::IDENTITY }
    }

    /// The same as numbers: one for all axes, or one for each.
    pub(super) fn sizes(&self) -> [f64; 3] {
        match self.properties.prop("scale") {
            None | Some(Value::Null) => [1.0; 3],
            Some(scale) => scale.as_f64().map(|scale| [scale; 3]).or_else(|| vector(scale)).unwrap_or([f64::NAN; 3]),
        }
    }

    /// A number, or what is usual where there is none; NaN where it is something else.
    pub(super) fn number(&self, name: &str, usual: f64) -> f64 {
        match self.properties.prop(name) {
            None | Some(Value::Null) => usual,
            Some(value) => value.as_f64().unwrap_or(f64::NAN),
        }
    }

    /// A count of parts, within what makes sense; `None` where it is none.
    pub(super) fn count(&self, name: &str) -> Option<usize> {
        let count = self.properties.number(name).filter(|count| *count >= 0.0)?;
        Some(count.min(1e9) as usize)
    }

    pub(super) fn is_on(&self, name: &str) -> bool {
        self.properties.prop(name) == Some(&Value::Bool(true))
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.properties.prop(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn vector<const N: usize>(&self, name: &str) -> Option<[f64; N]> {
        vector(self.properties.prop(name)?)
    }

    /// A colour of three bytes as it shows, 0 to 1.
    pub(super) fn color(&self, name: &str) -> [f64; 3] {
        self.vector(name).unwrap_or([255.0; 3]).map(|channel| (channel / 255.0).clamp(0.0, 1.0))
    }

    /// The array that a property refers to.
    pub(super) fn array(&self, name: &str) -> Option<ObjectId> {
        reference(self.properties.prop(name)?)
    }

    /// The values of an array that must be there. What is missing is noted.
    pub(super) fn values(&self, scene: &Scene, name: &str, losses: &mut Losses) -> Option<Picked> {
        if let Some(array) = self.array(name) {
            return values(scene, &array, losses);
        }
        let reason = String::from("an array cannot be read, or not all of it");
        losses.note(LossKind::Damaged, reason, scene.describe(&self.id), Some(format!("it has no {name}")));
        None
    }

    /// The values of an array of numbers that must be there.
    pub(super) fn floats(&self, scene: &Scene, name: &str, losses: &mut Losses) -> Option<Floats> {
        Some(Floats::of_values(&self.values(scene, name, losses)?.values))
    }

    /// The same of an array that need not be there.
    pub(super) fn some_floats(&self, scene: &Scene, name: &str, losses: &mut Losses) -> Option<Floats> {
        Some(Floats::of_values(&values(scene, &self.array(name)?, losses)?.values))
    }

    /// The values of an array of bytes.
    pub(super) fn bytes(&self, scene: &Scene, name: &str, losses: &mut Losses) -> Option<bytes::Bytes> {
        let picked = self.values(scene, name, losses)?;
        picked.values.raw(0, picked.values.len())
    }
}

/// What a value refers to.
pub(super) fn reference(value: &Value) -> Option<ObjectId> {
    Some(ObjectId::parse(value.get("$id")?.as_str()?))
}

/// So many finite numbers.
pub(super) fn vector<const N: usize>(value: &Value) -> Option<[f64; N]> {
    let numbers: Vec<f64> =
        value.as_array()?.iter().map(|part| part.as_f64().filter(|part| part.is_finite())).collect::<Option<_>>()?;
    numbers.try_into().ok()
}
