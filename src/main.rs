//! The program: parse, log, run, and one exit code for what came of it.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use scenectl::cli::{Cli, Command, Global};
use scenectl::{commands, query, render};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    if query::be_worker() {
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    let colored = render::is_colored(cli.global.color, std::io::stderr().is_terminal());
    console::set_colors_enabled_stderr(colored);
    // A relay prints calls itself.
    let most = if matches!(cli.command, Command::Relay(_)) { 1 } else { u8::MAX };
    log(&cli.global, colored, most);
    let result = commands::run(cli);
    if let Err(error) = &result {
        render::report(error);
    }
    ExitCode::from(render::exit_code(&result))
}

/// Logs to stderr: warnings, or more with -v; `RUST_LOG` says it in detail.
fn log(global: &Global, colored: bool, most: u8) {
    let level = match (global.quiet, global.verbose.min(most)) {
        (true, _) => "error",
        (_, 0) => "warn",
        (_, 1) => "scenectl=info",
        (_, _) => "scenectl=debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colored)
        .with_target(false)
        .init();
}
