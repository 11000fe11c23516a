//! `--assert`: jq that must hold for every update.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value;

use crate::query::Query;
use crate::scene::shortened;

/// What takes longer never ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// Values that are told of an update for which it does not hold.
const MOST_VALUES: usize = 8;

/// An expression that must hold.
pub(super) struct Assertion {
    query: Query,
    /// Places that it names, such as `.scene.objects`.
    places: BTreeSet<String>,
}

impl Assertion {
    pub(super) fn new(text: &str) -> Result<Self> {
        let place = regex::Regex::new(r"(?:^|[^\w.])((?:\.[A-Za-z_]\w*)+)")?;
        let places = place.captures_iter(text).filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect();
        Ok(Self { query: Query::compile(text)?, places })
    }

    pub(super) fn text(&self) -> &str {
        self.query.text()
    }

    /// What it yields where it does not hold: false, null, or an error. One that yields nothing holds.
    pub(super) fn fails(&self, update: &Value) -> Option<String> {
        match self.query.run(update, PATIENCE) {
            Err(error) => Some(error.to_string()),
            Ok(answers) => {
                answers.iter().find(|answer| matches!(answer, Value::Null | Value::Bool(false))).map(Value::to_string)
            }
        }
    }

    /// The values in an update that it names: `.ms = 12.3, .scene.objects = 68`.
    pub(super) fn values(&self, update: &Value) -> String {
        let value = |place: &String| {
            let found = update.pointer(&place.replace('.', "/"))?.to_string();
            Some(format!("{place} = {}", shortened(&found, 60)))
        };
        self.places.iter().filter_map(value).take(MOST_VALUES).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_says_what_it_saw() {
        let update = json!({"ms": 12.5, "scene": {"objects": 3}, "changed": [{"class": "a"}]});
        let holds = |text: &str| Assertion::new(text).unwrap().fails(&update);
        assert_eq!(holds(".ms < 100 and .scene.objects == 3"), None);
        assert_eq!(holds("empty"), None);
        assert_eq!(holds(".changed[] | .class == \"a\""), None);
        assert_eq!(holds(".ms < 1").as_deref(), Some("false"));
        assert_eq!(holds("true, .nothing").as_deref(), Some("null"));
        assert!(holds(".ms[0]").is_some());
        let values = Assertion::new(".scene.objects < 3 or .ms<1 or .x.y").unwrap().values(&update);
        assert_eq!(values, ".ms = 12.5, .scene.objects = 3");
        assert!(Assertion::new(".a |").is_err());
    }
}
