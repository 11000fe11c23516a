//! Which files an upload button accepts: what HTML's `accept` says, by the file's name as a browser does.

use crate::wire::content_type;

/// Accepts everything.
pub(super) const ANY: &str = "*/*";

/// The MIME type of a file with such a name, without parameters.
pub(super) fn mime(file: &str) -> &'static str {
    content_type(file).split(';').next().unwrap_or_default()
}

/// True for a file that is one of those in a list such as `image/*,.ply,model/gltf-binary`.
pub(super) fn takes(accept: &str, file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let mime = mime(&name);
    let mut wanted =
        accept.split(',').map(|one| one.trim().to_ascii_lowercase()).filter(|one| !one.is_empty()).peekable();
    wanted.peek().is_none() || wanted.any(|wanted| is_one(&wanted, &name, mime))
}

fn is_one(wanted: &str, name: &str, mime: &str) -> bool {
    if wanted.starts_with('.') {
        return name.ends_with(wanted);
    }
    let Some((family, kind)) = wanted.split_once('/') else { return wanted == "*" };
    if kind == "*" {
        // There are more types than are known here, and browsers ask their system for them.
        return family == "*" || mime.split('/').next() == Some(family) || mime == UNKNOWN && is_wide(family);
    }
    let kind = kind.trim_start_matches("x-");
    wanted == mime || wanted == UNKNOWN || name.rsplit_once('.').is_some_and(|(_, ending)| ending == kind)
}

/// The type of what has no type.
const UNKNOWN: &str = "application/octet-stream";

/// True for families with more types than are known here.
fn is_wide(family: &str) -> bool {
    matches!(family, "application" | "audio" | "video" | "model" | "chemical")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_accepted_as_a_browser_does() {
        for (accept, file, is_taken) in [
            ("*/*", "a.wazex", true),
            ("", "a", true),
            ("image/png", "dir/a.PNG", true),
            ("image/png", "a.wazex", false),
            ("image/png", "png", false),
            ("image/*", "a.jpg", true),
            ("image/*", "a.txt", false),
            (".ply, .obj", "x/mesh.obj", true),
            (".ply, .obj", "mesh.glb", false),
            ("model/gltf-binary", "mesh.glb", true),
            ("application/x-ply", "mesh.ply", true),
            ("model/*", "mesh.stl", true),
            ("text/plain", "notes.txt", true),
        ] {
            assert_eq!(takes(accept, file), is_taken, "{accept} {file}");
        }
        assert_eq!((mime("a.txt"), mime("a.wazex")), ("text/plain", UNKNOWN));
    }
}
