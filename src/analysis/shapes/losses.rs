//! What does not go into a file, and why.

use std::collections::BTreeMap;

use crate::scene::{ObjectId, Scene};

/// What is lost of most lines and points.
pub const NO_SIZES: &str = "glTF has no widths of lines and sizes of points";

/// How grave a loss is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossKind {
    /// The scene has it, and is broken there: data is missing, or makes no sense.
    Damaged,
    /// The scene has it, and the file cannot hold it, or not in the same way.
    Unsupported,
}

impl LossKind {
    /// As it stands in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Unsupported => "unsupported",
        }
    }
}

/// Everything that is lost for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// How many objects.
    pub count: u64,
    /// Some of them, as `vtkActor #12`.
    pub objects: Vec<String>,
    /// Details of some of them, for instance how many points.
    pub details: Vec<String>,
}

/// All that is lost, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses(BTreeMap<(LossKind, String), Loss>);

/// Objects of one reason that are named; the rest is counted.
const NAMED: usize = 100;
/// Reasons that are told apart: some have a class in them, which a hostile server may make up.
const MOST_REASONS: usize = 1_000;

impl Losses {
    /// Notes what cannot be held. The reason is a whole clause: `glTF has no volumes`.
    pub fn unsupported(&mut self, scene: &Scene, id: &ObjectId, reason: impl Into<String>) {
        self.note(LossKind::Unsupported, reason.into(), scene.describe(id), None);
    }

    /// Notes what is broken in the scene.
    pub fn damaged(&mut self, scene: &Scene, id: &ObjectId, reason: impl Into<String>) {
        self.note(LossKind::Damaged, reason.into(), scene.describe(id), None);
    }

    /// Notes a loss of whatever is called `who`, with what there is to say of it alone: `3 of 8 points`.
    pub fn note(&mut self, kind: LossKind, reason: String, who: String, detail: Option<String>) {
        let mut key = (kind, reason);
        if self.0.len() >= MOST_REASONS && !self.0.contains_key(&key) {
            key.1 = String::from("further reasons");
        }
        let loss = self.0.entry(key).or_default();
        loss.count += 1;
        if loss.objects.len() < NAMED {
            loss.objects.push(who);
            loss.details.push(detail.unwrap_or_default());
        }
    }

    /// All of them, what is damaged first.
    pub fn iter(&self) -> impl Iterator<Item = (LossKind, &str, &Loss)> {
        self.0.iter().map(|((kind, reason), loss)| (*kind, reason.as_str(), loss))
    }

    /// True where something in the scene is broken.
    pub fn are_damage(&self) -> bool {
        self.0.keys().any(|(kind, _)| *kind == LossKind::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_counted_by_reason() {
        let mut losses = Losses::default();
        for k in 0..150 {
            losses.note(LossKind::Unsupported, String::from("glTF has no volumes"), format!("#{k}"), None);
        }
        assert!(!losses.are_damage());
        losses.note(LossKind::Damaged, String::from("a blob is not there"), String::from("#7"), None);
        let found: Vec<_> = losses.iter().map(|(kind, _, loss)| (kind, loss.count, loss.objects.len())).collect();
        assert_eq!(found, [(LossKind::Damaged, 1, 1), (LossKind::Unsupported, 150, 100)]);
        assert!(losses.are_damage());
        for k in 0..5_000 {
            losses.note(LossKind::Unsupported, format!("class {k}"), String::from("#1"), None);
        }
        assert_eq!(losses.iter().count(), MOST_REASONS + 1);
    }
}
