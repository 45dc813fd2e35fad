//! Parses the command line, runs one command, prints one error, returns the exit code.

use std::process::ExitCode;

use clap::Parser;
use quorate::cli::Cli;
use quorate::commands::{self, CommandError, Exit};

/// Asks the system for large pages where much memory is taken: with small ones a meeting of millions spends
/// a third of its time on getting them.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = commands::run(&cli).unwrap_or_else(|error| match error.downcast_ref::<CommandError>() {
        Some(CommandError::Usage(_)) => {
            eprintln!("{error}");
            Exit::Usage
        }
        Some(CommandError::Input(..) | CommandError::Checked(..)) => {
            eprintln!("{error}");
            Exit::Problem
        }
        None => {
            eprintln!("error: {error:#}");
            Exit::Problem
        }
    });
    exit.into()
}
