//! `quorate tabulate`: load, tabulate, certify, render.

use std::io::{self, IsTerminal};

use clap::ColorChoice;

use super::{CommandError, Exit, output, overrides};
use crate::audit::ledger::{self, LedgerDigest};
use crate::certify::{Certificate, certify};
use crate::cli::{Format, SecondCountWhen, Tabulate};
use crate::load;
use crate::render;
use crate::tabulate::{SecondCount, Tabulation};
use crate::text::{counted, quoted};
use crate::time::Moment;

const UNDONE: &str = "nothing was tabulated";

/// Tabulates a meeting and prints its certificate.
pub(super) fn run(args: &Tabulate, color: ColorChoice) -> anyhow::Result<Exit> {
    if let Some(folder) = &args.out {
        output::check(folder, &output::DOCUMENTS, args.force)?;
    }
    let loaded = load::load(&args.files.meeting, &overrides(&args.files))
        .map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let as_of = match &args.as_of {
        Some(text) => Some(
            Moment::parse(text.trim(), &loaded.meeting.zone)
                .map_err(|error| CommandError::Usage(format!("--as-of: {} {error}", quoted(text))))?,
        ),
        None => None,
    };
    let mut tabulation =
        Tabulation::of(loaded, as_of).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    tabulation.second_count = match args.second_count {
        SecondCountWhen::Auto => SecondCount::Auto,
        SecondCountWhen::Always => SecondCount::Always,
        SecondCountWhen::Never => SecondCount::Never,
    };
    let certificate = match &args.out {
        Some(folder) => output::write_documents(&tabulation, folder, args.force)?,
        None => certify(&tabulation, digest(&tabulation, args.format)?),
    };
    let is_plain = match color {
        ColorChoice::Always => false,
        ColorChoice::Never => true,
        ColorChoice::Auto => {
            !io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
        }
    };
    let text = match args.format {
        Format::Text if is_plain => render::text::render(&certificate),
        Format::Text => render::text::coloured(&render::text::render(&certificate)),
        Format::Json => render::json::render(&certificate),
    };
    output::print(&text)?;
    Ok(conclude(args, &certificate))
}

/// The digest of the ledger. JSON always has it; to make a ledger of millions of rows for one line of
/// a text would take longer than the count.
fn digest(tabulation: &Tabulation, format: Format) -> io::Result<Option<LedgerDigest>> {
    let is_small = tabulation.loaded.cards.rows.len() <= ledger::DIGEST_CARDS_MAX;
    let is_made = is_small || matches!(format, Format::Json);
    is_made.then(|| ledger::write(tabulation, io::sink())).transpose()
}

fn conclude(args: &Tabulate, certificate: &Certificate) -> Exit {
    for warning in certificate.warnings.iter().filter(|_| !args.quiet) {
        eprintln!("warning: {}: {}", warning.code, warning.says);
    }
    if certificate.open_matters.is_empty() {
        return Exit::Certified;
    }
    if !args.quiet {
        let codes: Vec<&str> = certificate.open_matters.iter().map(|matter| matter.code).collect();
        let count = counted(codes.len() as u64, "open matter");
        eprintln!("note: preliminary: {count}: {}", codes.join(", "));
    }
    Exit::Preliminary
}
