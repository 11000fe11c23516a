//! Finding a trame application's render windows, versions and view names.

use bytes::Bytes;
use serde_json::Value;

use super::dialect::{VTK, is_registered};
use super::rpc;
use crate::protocol::wslink::client::{CallError, Client};
use crate::protocol::wslink::json;
use crate::protocol::wslink::message::Payload;
use crate::scene::{Dialect, ObjectId, Root, Scene, State};

/// The topic on which trame tells clients what to do: an update of a view among it.
const ACTIONS: &str = "trame.actions.topic";

/// A view of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) window: u64,
    /// What the application calls it (the widget's `ref`).
    pub(super) name: Option<String>,
}

/// What `trame.state.get` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Application {
    pub(super) views: Vec<View>,
    pub(super) vtk: Option<String>,
    pub(super) trame_vtklocal: Option<String>,
}

/// Asks for the application's state. A server without trame (plain wslink) has none.
pub(super) async fn application(client: &Client) -> Result<Application, CallError> {
    const METHOD: &str = "trame.state.get";
    let reply = match client.call(METHOD, |out| json::push_array_len(out, 0)).await {
        Err(error) if error.is_unknown_method() => return Ok(Application::default()),
        other => other?,
    };
    let text = reply.json().map_err(|error| CallError::unexpected(METHOD, error))?;
    let reply: Value = serde_json::from_str(&text).map_err(|error| CallError::unexpected(METHOD, error))?;
    Ok(read_application(&reply))
}

/// Reads what `trame.state.get` was answered, from msgpack.
pub(super) fn application_of(msgpack: &Bytes) -> Application {
    let text = Payload::Msgpack(msgpack.clone()).json().unwrap_or_default();
    serde_json::from_str(&text).map(|reply| read_application(&reply)).unwrap_or_default()
}

/// True where something published says that a window has something new. `is_ours` says of a view's name
/// (where one is given) whether it is wanted.
pub(super) fn announces_update(topic: &str, data: &Payload, is_ours: impl Fn(Option<&str>) -> bool) -> bool {
    if topic != ACTIONS {
        return false;
    }
    let actions: Value = data.json().ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let is = |action: &Value, key: &str, wanted: &str| action.get(key).and_then(Value::as_str) == Some(wanted);
    actions.as_array().into_iter().flatten().any(|action| {
        let name = action.get("ref").and_then(Value::as_str);
        is(action, "type", "method") && is(action, "method", "update") && is_ours(name)
    })
}

/// Gives a scene its roots with their names, and its version: the windows, and the widgets registered beside them.
pub(super) fn describe(scene: &mut Scene, windows: impl Iterator<Item = u64>, application: Option<Application>) {
    let application = application.unwrap_or_default();
    let name = |window: u64| application.views.iter().find(|view| view.window == window)?.name.clone();
    let windows: Vec<u64> = windows.collect();
    let mut roots: Vec<Root> =
        windows.iter().map(|&window| Root { id: ObjectId::Number(window), name: name(window) }).collect();
    let registered = scene.objects().filter(|(_, state)| is_registered(state)).map(|(id, _)| id.clone());
    let widgets = registered.filter(|id| !id.number().is_some_and(|id| windows.contains(&id)));
    roots.extend(widgets.map(|id| Root { id, name: None }));
    scene.roots = roots;
    scene.producer = application.vtk;
}

pub(super) fn read_application(reply: &Value) -> Application {
    let mut found = Application::default();
    let Some(state) = reply.get("state").and_then(Value::as_object) else { return found };
    for (key, value) in state {
        if key.starts_with("trame__template_") {
            match value {
                Value::String(html) => find_in_html(html, &mut found.views),
                tree => find_in_tree(tree, &mut found.views),
            }
        }
    }
    let url = state.get("__trame_vtklocal_wasm32").and_then(|wasm| wasm.get("url")).and_then(Value::as_str);
    found.vtk = url.and_then(|url| url.rsplit('/').next()).filter(|version| is_version(version)).map(str::to_owned);
    let scripts = state.get("trame__scripts").and_then(Value::as_array);
    found.trame_vtklocal = scripts.into_iter().flatten().filter_map(Value::as_str).find_map(|script| {
        let (_, rest) = script.split_once("__trame_vtklocal_")?;
        let version = rest.split('/').next()?;
        is_version(version).then(|| version.to_owned())
    });
    found
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.')
}

fn add(views: &mut Vec<View>, window: u64, name: Option<String>) {
    match views.iter_mut().find(|view| view.window == window) {
        Some(view) => view.name = view.name.take().or(name),
        None => views.push(View { window, name }),
    }
}

/// vue2 and vue3: `<vtk-local :render-window="1" :ref="(el) => trame.refs['view'] = el" />` or `ref="view"`.
fn find_in_html(html: &str, views: &mut Vec<View>) {
    for attribute in [":render-window=\"", ":renderWindow=\"", "renderWindow=\"", "render-window=\""] {
        for (at, _) in html.match_indices(attribute) {
            let value = html.get(at + attribute.len()..).unwrap_or_default();
            let digits: String = value.trim_start().chars().take_while(char::is_ascii_digit).collect();
            if let Ok(window) = digits.parse() {
                add(views, window, element_around(html, at).and_then(ref_name));
            }
        }
    }
}

/// The tag that an attribute belongs to. `>` inside its quotes (`(el) => …`) does not end it.
fn element_around(html: &str, at: usize) -> Option<&str> {
    let start = html.get(..at)?.rfind('<')?;
    let mut quoted = false;
    let rest = html.get(start..)?;
    let end = rest.find(|c: char| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    rest.get(..end.unwrap_or(rest.len()))
}

fn ref_name(element: &str) -> Option<String> {
    if let Some((_, rest)) = element.split_once("trame.refs['") {
        return rest.split('\'').next().map(str::to_owned);
    }
    let (_, rest) = element.split_once(" ref=\"")?;
    rest.split('"').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// react: `{"tag":"vtk-local","props":{"ref":"view","renderWindow":1},"children":[…]}`.
fn find_in_tree(tree: &Value, views: &mut Vec<View>) {
    match tree {
        Value::Object(map) => {
            let window = map.get("renderWindow").or_else(|| map.get("render-window"));
            let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
            if let Some(window) = window.and_then(number) {
                add(views, window, map.get("ref").and_then(Value::as_str).map(str::to_owned));
            }
            map.values().for_each(|value| find_in_tree(value, views));
        }
        Value::Array(items) => items.iter().for_each(|item| find_in_tree(item, views)),
        Value::String(html) if html.contains("ender") => find_in_html(html, views),
        _ => {}
    }
}

/// Looks at ids from 1 on for render windows: the fallback where no template names them.
pub(super) async fn scan(client: &Client) -> Result<Vec<View>, CallError> {
    /// So many ids in a row without a state: there are no more.
    const GAP: u64 = 4096;
    /// Asked for at a time.
    const STRIDE: u64 = 512;
    /// Whoever has more objects than this before the first window is no trame application.
    const FARTHEST: u64 = 1 << 20;
    let mut views = Vec::new();
    let (mut next, mut last_seen) = (1, 0);
    while next <= last_seen + GAP && next < FARTHEST {
        let asked = (next..next + STRIDE).map(|id| async move { (id, rpc::get_state(client, id).await) });
        for (id, answer) in futures_util::future::join_all(asked).await {
            let text = match answer {
                Err(error @ CallError::Closed(_)) => return Err(error),
                Err(error) if error.is_unknown_method() => return Err(error),
                Err(_) => continue,
                Ok(text) => text,
            };
            if text.is_empty() || text.as_ref() == b"null" {
                continue;
            }
            last_seen = id;
            if State::new(text).is_ok_and(|state| VTK.is_root(&state)) {
                views.push(View { window: id, name: None });
            }
        }
        // A scene of many objects whose window is found needs no further look.
        if !views.is_empty() && last_seen + GAP / 4 < next {
            break;
        }
        next += STRIDE;
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn views(template: Value) -> Vec<(u64, Option<String>)> {
        let reply = json!({"name": "x", "state": {"trame__template_main": template}});
        read_application(&reply).views.into_iter().map(|view| (view.window, view.name)).collect()
    }

    #[test]
    fn views_are_found_in_templates_of_every_client() {
        let vue3 = "<div >\n<vtk-local :render-window=\"1\" :ref=\"(el) => trame.refs['left'] = el\" style=\"x\" />\
                    \n<vtk-local :render-window=\"50\" :ref=\"(el) => trame.refs['right'] = el\" />\n</div>";
        let both = vec![(1, Some(String::from("left"))), (50, Some(String::from("right")))];
        assert_eq!(views(json!(vue3)), both);
        let vue2 = "<vtk-local ref=\"left\" :render-window=\"1\" /><vtk-local :render-window=\"50\" ref=\"right\" />";
        assert_eq!(views(json!(vue2)), both);
        let react = json!({"tag": "div", "children": [
            {"tag": "vtk-local", "props": {"ref": "left", "renderWindow": 1}, "children": []},
            {"tag": "vtk-local", "props": {"ref": "right", "renderWindow": 50}},
        ]});
        assert_eq!(views(react), both);
        assert_eq!(views(json!("<vtk-local :render-window=\"7\" />")), vec![(7, None)]);
        assert_eq!(views(json!("<div :render-window=\"view\" />")), vec![]);
    }

    #[test]
    fn versions_are_read_where_they_are_told() {
        let reply = json!({"state": {
            "trame__scripts": ["__trame_vtklocal_1.8.0/js/trame_vtklocal.umd.js"],
            "__trame_vtklocal_wasm32": {"url": "__trame_vtklocal_wasm/wasm32/9.7.2"},
        }});
        let found = read_application(&reply);
        assert_eq!((found.vtk.as_deref(), found.trame_vtklocal.as_deref()), (Some("9.7.2"), Some("1.8.0")));
        let dev = json!({"state": {"__trame_vtklocal_wasm32": {"url": "__trame_vtklocal_wasm/dev"}}});
        assert_eq!(read_application(&dev), Application::default());
    }
}
