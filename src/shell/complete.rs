//! What may follow on what is typed: commands, options, selectors, properties, files.

use std::path::Path;

use clap::{Arg, ArgAction, Command, ValueHint};

use super::line::{Typing, needs_quotes, quoted, typing};
use super::{properties, selectors};
use crate::scene::{Scene, without_controls};

/// Files of a folder that are looked at.
const MOST_FILES: usize = 10_000;

/// What a word may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// How it is shown in a list.
    pub display: String,
    /// The word; in a [`Completion`] as it is typed, with quotes.
    pub text: String,
    /// Nothing more belongs to the word.
    pub is_whole: bool,
}

/// What may take the place of the end of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where that end starts, in bytes.
    pub start: usize,
    /// What may stand there.
    pub candidates: Vec<Candidate>,
}

/// Completes a line that ends where the cursor is. `commands` has the commands as its subcommands, and is built.
pub fn complete(line: &str, commands: &Command, scene: &Scene) -> Completion {
    let Some(typing) = typing(line) else { return Completion::default() };
    let mut candidates = words(&typing, commands, scene);
    // What several have in common is typed at once: all of them begin with the same quote, or with none.
    let any_needs = candidates.iter().any(|candidate| needs_quotes(&candidate.text));
    let quote = typing.quote.or(any_needs.then_some('\''));
    for candidate in &mut candidates {
        candidate.text = quoted(&candidate.text, quote, candidate.is_whole);
        candidate.display = without_controls(&candidate.display).into_owned();
    }
    candidates.retain(|candidate| !candidate.text.contains(char::is_control));
    Completion { start: typing.start, candidates }
}

fn words(typing: &Typing, commands: &Command, scene: &Scene) -> Vec<Candidate> {
    let Some((name, before)) = typing.before.split_first() else { return names(commands, &typing.text) };
    let Some(command) = commands.find_subcommand(name) else { return Vec::new() };
    let given = Given::read(command, before);
    let text = typing.text.as_str();
    if let Some(option) = given.open {
        return values(option, text, &given, commands, scene);
    }
    if text.starts_with('-') && !given.is_literal {
        return options(command, text);
    }
    let positionals: Vec<&Arg> = command.get_positionals().collect();
    let last = || positionals.last().filter(|last| matches!(last.get_action(), ArgAction::Append));
    let argument = positionals.get(given.positionals.len()).or_else(last);
    argument.map(|argument| values(argument, text, &given, commands, scene)).unwrap_or_default()
}

/// What stands before the word that is completed.
struct Given<'a> {
    positionals: Vec<&'a str>,
    /// The option whose value is to come.
    open: Option<&'a Arg>,
    /// Behind `--`.
    is_literal: bool,
}

impl<'a> Given<'a> {
    fn read(command: &'a Command, words: &'a [String]) -> Self {
        let mut given = Self { positionals: Vec::new(), open: None, is_literal: false };
        let mut left = 0_usize;
        for word in words {
            if left > 0 {
                left -= 1;
            } else if given.is_literal || !word.starts_with('-') || word == "-" {
                given.positionals.push(word);
            } else if word == "--" {
                given.is_literal = true;
            } else {
                given.open = option(command, word);
                left = given.open.map_or(0, values_of);
            }
            if left == 0 {
                given.open = None;
            }
        }
        given
    }
}

/// The option that a word is and whose values are other words.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let found = match word.strip_prefix("--") {
        Some(long) => command.get_arguments().find(|argument| argument.get_long() == Some(long)),
        // Several short ones may be one word; the last may have a value.
        None => command.get_arguments().find(|argument| argument.get_short() == word.chars().last()),
    };
    found.filter(|argument| values_of(argument) > 0)
}

fn values_of(argument: &Arg) -> usize {
    let takes = argument.get_action().takes_values();
    if takes { argument.get_num_args().map_or(1, |range| range.min_values().max(1)) } else { 0 }
}

fn names(commands: &Command, text: &str) -> Vec<Candidate> {
    let names = commands.get_subcommands().flat_map(Command::get_name_and_visible_aliases);
    names.filter(|name| name.starts_with(text)).map(whole).collect()
}

fn options(command: &Command, text: &str) -> Vec<Candidate> {
    let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let names = shown.filter_map(|argument| match (argument.get_long(), argument.get_short()) {
        (Some(long), _) => Some(format!("--{long}")),
        (None, Some(short)) => Some(format!("-{short}")),
        (None, None) => None,
    });
    names.filter(|name| name.starts_with(text)).map(whole).collect()
}

/// What an argument may be, by its name and what clap knows of it.
fn values(argument: &Arg, text: &str, given: &Given<'_>, commands: &Command, scene: &Scene) -> Vec<Candidate> {
    let possible = argument.get_possible_values();
    if !possible.is_empty() && argument.get_action().takes_values() {
        let names = possible.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name().to_owned());
        return names.filter(|name| name.starts_with(text)).map(whole).collect();
    }
    let selected = || selectors::matching(scene, given.positionals.first().copied().unwrap_or_default());
    match argument.get_id().as_str() {
        "selector" => selectors::selectors(scene, text),
        "value_path" => properties::paths(scene, &selected(), text, ""),
        "assignments" => properties::assignments(scene, &selected(), text),
        "class" => selectors::classes(scene, text),
        "command" => names(commands, text),
        _ => match argument.get_value_hint() {
            ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath => files(text),
            _ => Vec::new(),
        },
    }
}

fn files(text: &str) -> Vec<Candidate> {
    let (folder, prefix) = text.rsplit_once('/').map_or(("", text), |(folder, prefix)| (folder, prefix));
    let before = if text.contains('/') { format!("{folder}/") } else { String::new() };
    let looked_at = if before.is_empty() { Path::new(".") } else { Path::new(&before) };
    let Ok(entries) = std::fs::read_dir(looked_at) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.take(MOST_FILES).flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !name.starts_with(prefix) || name.starts_with('.') && !prefix.starts_with('.') {
            continue;
        }
        let is_folder = entry.path().is_dir();
        let end = if is_folder { "/" } else { "" };
        let text = format!("{before}{name}{end}");
        found.push(Candidate { display: format!("{name}{end}"), text, is_whole: !is_folder });
    }
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

fn whole(name: impl Into<String>) -> Candidate {
    let text = name.into();
    Candidate { display: text.clone(), text, is_whole: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ShellLine;
    use crate::snapshot;
    use clap::CommandFactory;

    fn scene(name: &str) -> Scene {
        snapshot::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
    }

    /// The line that each candidate makes.
    fn lines_of(scene: &Scene, line: &str) -> Vec<String> {
        let mut commands = ShellLine::command();
        commands.build();
        let found = complete(line, &commands, scene);
        found.candidates.iter().map(|candidate| format!("{}{}", &line[..found.start], candidate.text)).collect()
    }

    #[track_caller]
    fn completes(line: &str, wanted: &[&str]) {
        assert_eq!(lines_of(&scene("small"), line), wanted, "{line}");
    }

    #[test]
    fn commands_and_their_options() {
        completes("ge", &["get "]);
        completes("  ls; he", &["  ls; help "]);
        completes("qu", &["query ", "quit "]);
        completes("ex", &["exit "]);
        completes("help sa", &["help save "]);
        completes("ls --j", &["ls --json "]);
        completes(
            "get --",
            &[
                "get --json ",
                "get --state ",
                "get --world ",
                "get --raw ",
                "get --npy ",
                "get --csv ",
                "get --output ",
                "get --force ",
                "get --quiet ",
                "get --help ",
            ],
        );
        completes("top --by c", &["top --by class "]);
        completes("ls -- --", &[]);
        completes("frob ", &[]);
        completes("ls # ", &[]);
        assert!(lines_of(&scene("small"), "").contains(&String::from("tree ")));
    }

    #[test]
    fn selectors_by_class_id_and_the_way_down() {
        completes("ls vtkAc", &["ls vtkActor "]);
        completes("get vtkAc", &["get vtkActor "]);
        completes("get 1", &["get 1 "]);
        completes("tree /", &["tree /Renderers"]);
        completes("tree /Renderers", &["tree /Renderers/"]);
        completes("tree /Renderers/", &["tree /Renderers/0"]);
        completes("tree /Renderers/0/Vi", &["tree /Renderers/0/ViewProps"]);
        completes("ls 3,vtkAc", &["ls 3,vtkActor "]);
        completes("ls //vtkAc", &["ls //vtkActor "]);
        completes("ls 'vtkAc", &["ls 'vtkActor' "]);
        completes("ls vtkActor[Vis", &["ls vtkActor[Visibility"]);
        completes("ls vtkActor[Visibility=", &[]);
        completes("find 0.5 vtkActor[Vis", &["find 0.5 vtkActor[Visibility"]);
    }

    #[test]
    fn properties_of_what_is_selected() {
        completes("get vtkActor Vis", &["get vtkActor Visibility "]);
        completes("get 5 vis", &["get 5 Visibility "]);
        completes("get --json 5 Prop", &["get --json 5 Property"]);
        completes("get 5 Property", &["get 5 Property."]);
        completes("get 5 Property.Opa", &["get 5 Property.Opacity "]);
        completes("set 5 Vis", &["set 5 Visibility="]);
        completes("set 5 Visibility=", &["set 5 Visibility=1 "]);
        completes("set 5 Visibility=0 Property.Opa", &["set 5 Visibility=0 Property.Opacity="]);
        completes("set 5 MTi", &[]);
        completes("get 3 Background.", &["get 3 Background.0 ", "get 3 Background.1 ", "get 3 Background.2 "]);
        completes("get 999 ", &[]);
        completes("get [bad ", &[]);
    }

    #[test]
    fn names_that_need_quotes_get_them() {
        let mut scene = scene("small");
        let state = r#"{"ClassName":"vtkAOSDataArrayTemplate<long long>","Id":70,"Name":"x"}"#;
        scene.insert(crate::scene::ObjectId::Number(70), crate::scene::State::new(state).unwrap());
        let found = lines_of(&scene, "ls vtkAOS");
        assert_eq!(found, ["ls 'vtkAOSDataArrayTemplate<long long>' "]);
        let read = super::super::commands(&found[0]).unwrap();
        assert_eq!(read, [["ls", "vtkAOSDataArrayTemplate<long long>"]]);
    }

    #[test]
    fn files_for_what_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        for name in ["in two.wazex", ".hidden"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let at = folder.path().display();
        let found = lines_of(&scene("small"), &format!("save {at}/"));
        assert_eq!(found, [format!("save '{at}/in two.wazex' "), format!("save '{at}/inner/")]);
        assert_eq!(lines_of(&scene("small"), &format!("query -f {at}/.h")), [format!("query -f {at}/.hidden ")]);
    }

    proptest::proptest! {
        /// Whatever is typed, there is an end to it, and nothing panics.
        #[test]
        fn anything_may_be_typed(line in r#"(ls|get|set|tree|save) [a-zA-Z0-9/\[\],.='" ;#-]{0,16}"#) {
            let found = lines_of(&scene("small"), &line);
            proptest::prop_assert!(found.len() < 1000);
        }
    }
}
