//! The defaults of properties that came with a version of VTK, or that one changed.
//!
//! `defaults.txt` holds a line per class and property: `vtkRenderer SkyboxBlurRadius 20.0` for one that
//! came between 9.4.2 and 9.7.2, and `vtkAxis LabelFormat "%g" | "{:g}"` for a default that changed
//! (old, new). It was read from objects of all classes that 9.4.2, 9.6.2 and 9.7.2 can serialize, right
//! after their making; values that are null, zero or empty are left out.

use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
    let entry = |line: &'static str| {
        let (class, rest) = line.split_once(' ')?;
        let (property, values) = rest.split_once(' ')?;
        Some(((class, property), values))
    };
    include_str!("defaults.txt").lines().filter_map(entry).collect()
});

/// The default of a property in the newest version, as JSON text.
pub(super) fn value(class: &str, property: &str) -> Option<&'static str> {
    let values = TABLE.get(&(class, property))?;
    Some(values.split_once(" | ").map_or(*values, |(_, new)| new))
}

/// True where two values are what two versions make of the same, in either order.
pub(super) fn is_version_change(class: &str, property: &str, old: &str, new: &str) -> bool {
    let changed = TABLE.get(&(class, property)).and_then(|values| values.split_once(" | "));
    let both = |before: &str, after: &str| (before, after) == (old, new) || (before, after) == (new, old);
    changed.is_some_and(|(before, after)| both(before, after))
        || property.ends_with("Format") && (same_format(old, new) || same_format(new, old))
}

/// `"%-#6.3g"` and `"{:<#6.3g}"`: since 9.7, formats of numbers are written as std::format does.
fn same_format(printf: &str, format: &str) -> bool {
    let Some(rest) = printf.strip_prefix("\"%") else { return false };
    let flags = rest.find(|c| !"-+ #0".contains(c)).unwrap_or(rest.len());
    let (flags, rest) = rest.split_at(flags);
    let align = if flags.contains('-') { "<" } else { "" };
    let flags: String = flags.chars().filter(|&c| c != '-').collect();
    format == format!("\"{{:{align}{flags}{}}}\"", rest.trim_end_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        assert_eq!(value("vtkRenderer", "SkyboxBlurRadius"), Some("20.0"));
        assert_eq!(value("vtkNothing", "UseOIT"), None);
        let same = |property, old, new| is_version_change("vtkCubeAxesActor", property, old, new);
        assert!(
            same("XLabelFormat", r#""%-#6.3g""#, r#""{:<#6.3g}""#) && same("XLabelFormat", r#""{:.1f}""#, r#""%.1f""#)
        );
        assert!(!same("XLabelFormat", r#""%.1f""#, r#""{:.2f}""#) && !same("XTitle", r#""%.1f""#, r#""{:.1f}""#));
        assert_eq!(TABLE.len(), include_str!("defaults.txt").lines().count());
        for value in TABLE.values().flat_map(|values| values.split(" | ")) {
            serde_json::from_str::<serde_json::Value>(value).unwrap();
        }
    }
}
