//! `quorate compare`: two certificates, two folders, or one folder under two sets of rules.

use std::fs;
use std::path::Path;

use anyhow::Context;
use rust_decimal::Decimal;

use super::progress::watched;
use super::verify::read_certificate;
use super::{CommandError, Exit, output, terminal};
use crate::audit::compare::{CellChange, Comparison, FigureChange, Side, compare};
use crate::audit::ledger;
use crate::audit::states::CardStates;
use crate::certify::certify;
use crate::cli::{Compare, CompareFormat};
use crate::load::{self, Overrides};
use crate::meeting::{Law, Rules};
use crate::render::text::wrapped;
use crate::tabulate::Tabulation;
use crate::text::{counted, json_visible, one_of, quoted, thousands, visible};

const UNDONE: &str = "nothing was compared";

/// Compares two results and names the cards that moved each figure.
pub(super) fn run(args: &Compare) -> anyhow::Result<Exit> {
    let has_rules = args.rules.is_some() || !args.set.is_empty();
    let other = match (&args.b, has_rules) {
        (Some(other), _) => other,
        (None, true) => &args.a,
        (None, false) => {
            let message = "compare needs a second result: another certificate or folder, --rules or --set";
            return Err(CommandError::Usage(message.to_owned()).into());
        }
    };
    if has_rules {
        // A rule that is none is refused before anything is read; the rules it is set in do not matter.
        changed_rules(&Rules::preset(Law::Delaware), args)?;
    }
    let is_folder =
        |path: &Path| path.is_dir() || path.file_name().is_some_and(|name| name == "meeting.json");
    let by_votes = is_folder(&args.a) && is_folder(other);
    let files = Overrides::default();
    let comparison = watched(&files.progress, false, || -> anyhow::Result<Comparison> {
        let before = side(&args.a, None, by_votes, &files)?;
        let after = side(other, has_rules.then_some(args), by_votes, &files)?;
        files.progress.begin("comparing", 0);
        Ok(compare(&before, &after))
    })?;
    output::print(&match args.format {
        CompareFormat::Text => text(&comparison, terminal::width()),
        CompareFormat::Json => json_visible(&serde_json::to_string_pretty(&comparison)?) + "\n",
    })?;
    Ok(if comparison.same { Exit::Certified } else { Exit::Differs })
}

fn side(path: &Path, rules: Option<&Compare>, by_votes: bool, files: &Overrides) -> anyhow::Result<Side> {
    let shown = path.display().to_string();
    if path.is_file() && path.file_name().is_none_or(|name| name != "meeting.json") {
        if rules.is_some() {
            let message =
                format!("{} is a certificate; --rules and --set need a meeting's folder", quoted(&shown));
            return Err(CommandError::Usage(message).into());
        }
        return certificate_side(path, shown);
    }
    let mut loaded = super::read(path, files).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let label = match rules {
        Some(args) => {
            loaded.meeting.rules = changed_rules(&loaded.meeting.rules, args)?;
            // Under other rules it is another count, on which nobody drew.
            loaded.lots.clear();
            let law = args.rules.as_ref().map(|law| format!("law={law}"));
            let set: Vec<String> = law.into_iter().chain(args.set.iter().cloned()).collect();
            format!("{shown} with {}", set.join(", "))
        }
        None => shown,
    };
    let tabulation =
        Tabulation::of(loaded, None).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let cards = if by_votes {
        tabulation.loaded.progress.begin("gathering each card's votes", 0);
        CardStates::of(&tabulation)
    } else {
        let mut rows = Vec::new();
        ledger::write(&tabulation, &mut rows)?;
        CardStates::of_ledger(&rows).map_err(|error| anyhow::anyhow!("{label}: {error}"))?
    };
    let certificate = serde_json::to_value(certify(&tabulation, None))?;
    Ok(Side { label, certificate, cards: Some(cards) })
}

fn changed_rules(rules: &Rules, args: &Compare) -> Result<Rules, CommandError> {
    let mut rules = rules.clone();
    if let Some(law) = &args.rules {
        let known = Law::from_name(law).ok_or_else(|| {
            let expected = one_of(Law::NAMES.iter().copied());
            CommandError::Usage(format!("--rules: {} is not a law; expected {expected}", quoted(law)))
        })?;
        rules = Rules::preset(known);
    }
    for set in &args.set {
        let (key, value) = set.split_once('=').ok_or_else(|| {
            CommandError::Usage(format!(
                "--set: {} must be KEY=VALUE such as `overvote=prorate`",
                quoted(set)
            ))
        })?;
        rules
            .set(key.trim(), value.trim())
            .map_err(|error| CommandError::Usage(format!("--set: {error}")))?;
    }
    Ok(rules)
}

/// A certificate, with the cards of the ledger beside it where that is the ledger it names.
fn certificate_side(path: &Path, shown: String) -> anyhow::Result<Side> {
    let certificate = read_certificate(path)?.certificate;
    let beside = path.with_file_name("ledger.csv");
    let is_its_ledger = |digest: &String| certificate["ledger"]["sha256"].as_str() == Some(digest);
    let cards = match load::digest(&beside).ok().filter(is_its_ledger) {
        Some(_) => {
            let rows = fs::read(&beside).with_context(|| format!("reading {}", beside.display()))?;
            let cards = CardStates::of_ledger(&rows);
            Some(cards.map_err(|error| anyhow::anyhow!("{}: {error}", beside.display()))?)
        }
        None => None,
    };
    Ok(Side { label: shown, certificate, cards })
}

fn text(comparison: &Comparison, width: usize) -> String {
    // Paths are not broken: they may be copied from here.
    let mut lines = vec![
        format!("before: {}", visible(&comparison.before)),
        format!("after:  {}", visible(&comparison.after)),
        String::new(),
    ];
    if comparison.same {
        lines.push("No figure and no card differs.".to_owned());
        return lines.join("\n") + "\n";
    }
    lines.extend(outcomes(comparison, width));
    lines.push(String::new());
    lines.push(format!("Figures that differ: {}", comparison.figures.len()));
    for change in &comparison.figures {
        lines.extend(wrapped(width, "  ", 6, &moved(change)));
    }
    lines.push(String::new());
    match &comparison.cards {
        None => lines.extend(wrapped(
            width,
            "",
            0,
            "Which cards moved them is not known: a certificate has no ledger.csv of its own beside it.",
        )),
        Some(cards) => {
            lines.push(format!("Cards that differ: {}", counted(cards.len() as u64, "card")));
            for card in cards {
                let state = |state: &Option<String>| state.clone().unwrap_or_else(|| "not there".to_owned());
                let (before, after) = (state(&card.before), state(&card.after));
                let determination = if before == after { before } else { format!("{before} -> {after}") };
                lines.extend(wrapped(width, "  ", 6, &format!("{}: {determination}", card.card)));
                for change in &card.moved {
                    lines.extend(wrapped(width, "      ", 8, &moved(change)));
                }
                for cell in &card.read {
                    lines.extend(wrapped(width, "      ", 8, &read_otherwise(cell)));
                }
            }
        }
    }
    lines.join("\n") + "\n"
}

/// A cell as it was read on either side.
fn read_otherwise(cell: &CellChange) -> String {
    let shown = |text: &str| if text.is_empty() { "blank".to_owned() } else { quoted(text) };
    format!("{} was read as {}, now {}", cell.column, shown(&cell.before), shown(&cell.after))
}

/// First of all whether any outcome differs, in words.
fn outcomes(comparison: &Comparison, width: usize) -> Vec<String> {
    if comparison.outcomes.is_empty() {
        return vec!["No outcome differs.".to_owned()];
    }
    let count = comparison.outcomes.len() as u64;
    let differ = if count == 1 { "differs" } else { "differ" };
    let mut lines = vec![format!("{} {differ}:", counted(count, "OUTCOME"))];
    for change in &comparison.outcomes {
        let told = format!("{}: {} -> {}", change.name, change.before, change.after);
        lines.extend(wrapped(width, "  ", 6, &told));
    }
    lines
}

/// A figure before and after, and by how much it moved.
fn moved(change: &FigureChange) -> String {
    let by = match (number(&change.before), number(&change.after)) {
        (Some(before), Some(after)) if after > before => difference(after, before, '+'),
        (Some(before), Some(after)) => difference(before, after, '-'),
        _ => String::new(),
    };
    let name = if change.name.is_empty() { &change.figure } else { &change.name };
    format!("{name}: {} -> {}{by}", amount(&change.before), amount(&change.after))
}

fn difference(more: Decimal, less: Decimal, sign: char) -> String {
    let by = more.checked_sub(less).map(|by| by.normalize().to_string());
    by.map_or_else(String::new, |by| format!(" ({sign}{})", thousands(&by)))
}

/// The number that a figure is, where it is one that fits.
fn number(text: &str) -> Option<Decimal> {
    if is_number(text) { Decimal::from_str_exact(text).ok() } else { None }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Numbers with thousands separators, other texts as they are.
fn amount(text: &str) -> String {
    if is_number(text) { thousands(text) } else { text.to_owned() }
}
