//! The defaults of properties that came with a version of VTK.

/// The default of a property, as JSON text.
pub(super) fn value(_class: &str, _property: &str) -> Option<&'static str> {
    None
}
