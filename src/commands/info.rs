//! `info`: one page about a scene.

mod recording;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::load::{Loaded, load, outcome};
use super::{Context, Outcome};
use crate::cli::{InfoArgs, InfoWhat};
use crate::protocol::{Moment, ServerInfo, by_name};
use crate::recording::{RecordingError, Session};
use crate::render::{bytes, count};
use crate::scene::{Graph, ObjectId, Path, Role, Scene, Segment, without_controls};
use crate::source::{Source, SourceError};

pub(super) fn run(context: &mut Context, args: InfoArgs) -> Result<Outcome> {
    let loaded = match load(context, &args.source) {
        Err(error) if has_no_scene(&error) => return without_scene(context, &args, &error),
        loaded => loaded?,
    };
    show(context, &loaded, Source::parse(&args.source.source)?.name(), &args.what)
}

/// One page about a scene; `source` is what to call where it is from.
pub(super) fn show(context: &mut Context, loaded: &Loaded, source: String, args: &InfoWhat) -> Result<Outcome> {
    let mut page = Page::new(source, &loaded.scene, loaded.server.clone());
    page.session = loaded.session.as_ref().map(|(session, moment)| (session, Some(moment)));
    print(context, args, &page)?;
    Ok(outcome(loaded.incomplete))
}

fn has_no_scene(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(SourceError::Recording(RecordingError::NoScene { .. })))
}

/// A recording that ends early still tells what was said.
fn without_scene(context: &mut Context, args: &InfoArgs, error: &anyhow::Error) -> Result<Outcome> {
    let source = Source::parse(&args.source.source)?;
    let Source::Recording(path, _) = &source else { anyhow::bail!("{error}") };
    context.warn(error.to_string());
    let session = Session::read(path)?;
    let protocol = by_name(&session.header.protocol).context("this recording's protocol is not known")?;
    let scene = Scene::new(protocol.dialect());
    let mut page = Page::new(source.name(), &scene, None);
    page.session = Some((&session, None));
    print(context, &args.what, &page)?;
    Ok(Outcome::Loss)
}

fn print(context: &mut Context, args: &InfoWhat, page: &Page<'_>) -> Result<()> {
    if args.json {
        context.out.line(page.json().to_string())?;
    } else {
        for line in page.lines() {
            context.out.line(line)?;
        }
    }
    Ok(())
}

pub(super) struct Page<'a> {
    source: String,
    scene: &'a Scene,
    server: Option<ServerInfo>,
    session: Option<(&'a Session, Option<&'a Moment>)>,
    classes: BTreeMap<String, u64>,
    cameras: Vec<(ObjectId, Vec<(&'static str, String)>)>,
    unreachable: u64,
    dangling: u64,
    missing_blobs: u64,
    unreadable: u64,
}

impl<'a> Page<'a> {
    pub(super) fn new(source: String, scene: &'a Scene, server: Option<ServerInfo>) -> Self {
        let graph = Graph::new(scene);
        let mut page = Self {
            source,
            scene,
            server,
            session: None,
            classes: BTreeMap::new(),
            cameras: Vec::new(),
            unreachable: 0,
            dangling: graph.dangling().len() as u64,
            missing_blobs: 0,
            unreadable: 0,
        };
        for (id, state) in scene.objects() {
            let head = scene.dialect().head(state);
            page.unreadable += u64::from(head.class.is_empty());
            if scene.dialect().role(&head) == Some(Role::Camera) {
                page.cameras.push((id.clone(), camera(scene, id)));
            }
            *page.classes.entry(head.class.into_owned()).or_default() += 1;
            page.unreachable += u64::from(!graph.is_reachable(id));
            let found = scene.dialect().blob_use(state);
            page.missing_blobs += u64::from(found.is_some_and(|found| scene.blob(&found.hash).is_none()));
        }
        page
    }

    pub(super) fn json(&self) -> Value {
        let scene = self.scene;
        let raw = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let mut page = json!({
            "source": self.source,
            "protocol": scene.dialect().name(),
            "producer": scene.producer,
            "server": self.server.as_ref().map(|server| json!({
                "url": server.url,
                "software": server.software.iter().cloned().collect::<BTreeMap<_, _>>(),
            })),
            "roots": scene.roots.iter().map(|root| {
                json!({"id": root.id, "name": root.name, "class": scene.head(&root.id).map(|head| head.class.into_owned())})
            }).collect::<Vec<_>>(),
            "objects": scene.objects().len(),
            "state_bytes": scene.state_bytes(),
            "blobs": scene.blobs().len(),
            "blob_bytes": scene.blob_bytes(),
            "classes": self.classes,
            "cameras": self.cameras.iter().map(|(id, values)| {
                let values: serde_json::Map<String, Value> =
                    values.iter().map(|(name, text)| ((*name).to_owned(), raw(text))).collect();
                json!({"id": id, "values": values})
            }).collect::<Vec<_>>(),
            "without_state": scene.without_state,
            "unreadable_states": self.unreadable,
            "missing_blobs": self.missing_blobs,
            "dangling_references": self.dangling,
            "unreachable_objects": self.unreachable,
        });
        if let (Some((session, moment)), Some(page)) = (self.session, page.as_object_mut()) {
            page.insert(String::from("recording"), recording::json(session, moment));
        }
        page
    }

    fn lines(&self) -> Vec<String> {
        /// The classes that are most often there.
        const CLASSES: usize = 6;
        let scene = self.scene;
        let mut lines = vec![format!("source    {}", self.source)];
        let made_by = scene.made_by().map(|software| format!(" ({})", without_controls(&software))).unwrap_or_default();
        lines.push(format!("protocol  {}{made_by}", scene.dialect().name()));
        if let Some(server) = &self.server {
            let software: Vec<String> =
                server.software.iter().map(|(name, version)| format!("{name} {version}")).collect();
            lines.push(format!("server    {} ({})", server.url, software.join(", ")));
        }
        if let Some((session, moment)) = self.session {
            lines.extend(recording::lines(session, moment));
        }
        for root in &scene.roots {
            let name = root.name.as_ref().map(|name| format!(", the view {name:?}")).unwrap_or_default();
            lines.push(format!("root      {}{name}", scene.describe(&root.id)));
        }
        let mut classes: Vec<(&String, &u64)> = self.classes.iter().collect();
        classes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let more = classes.len().saturating_sub(CLASSES);
        let mut listed: Vec<String> =
            classes.iter().take(CLASSES).map(|(class, count)| format!("{count} {}", without_controls(class))).collect();
        if more > 0 {
            listed.push(format!("{more} more"));
        }
        lines.push(format!(
            "objects   {} ({}) of {}",
            scene.objects().len(),
            bytes(scene.state_bytes()),
            classes_noun(self.classes.len())
        ));
        lines.push(format!("          {}", listed.join(", ")));
        lines.push(format!("blobs     {} ({})", scene.blobs().len(), bytes(scene.blob_bytes())));
        for (id, values) in &self.cameras {
            lines.push(format!("camera    {}", scene.describe(id)));
            lines.extend(values.iter().map(|(name, value)| format!("          {name} {value}")));
        }
        let mut complain = |n: u64, noun: &str, what: &str| {
            if n > 0 {
                lines.push(format!("broken    {} {what}", count(n, noun)));
            }
        };
        complain(scene.without_state.len() as u64, "object", "without a state");
        complain(self.unreadable, "state", "that cannot be read");
        complain(self.missing_blobs, "array", "without its blob");
        complain(self.dangling, "reference", "to objects that are not there");
        if self.unreachable > 0 {
            lines.push(format!("unused    {} that no root leads to", count(self.unreachable, "object")));
        }
        lines
    }
}

fn classes_noun(n: usize) -> String {
    if n == 1 { String::from("1 class") } else { format!("{n} classes") }
}

fn camera(scene: &Scene, id: &ObjectId) -> Vec<(&'static str, String)> {
    let properties = scene.dialect().camera_properties().iter();
    properties
        .filter_map(|&name| {
            let path = Path(vec![Segment(name.to_owned())]);
            Some((name, scene.lookup(id, &path).ok()?.value.into_owned()))
        })
        .collect()
}
