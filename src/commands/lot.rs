//! `quorate lot`: a tie is broken by lot, in public, and the record of it is a row of lots.csv.
//!
//! The fingerprint of the count is told before any digit is rolled, so that nobody can choose the one after the other.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::output::{self, Access};
use super::progress::watched;
use super::{CommandError, Exit, overrides};
use crate::certify::{Certificate, before_lots};
use crate::cli::Lot;
use crate::decide::Decision;
use crate::load::{Loaded, Role, columns_of};
use crate::lot::{self, DICE, ON};
use crate::meeting::{Election, Mode};
use crate::tabulate::Tabulation;
use crate::text::{counted, did_you_mean, quoted, visible};
use crate::time::Moment;

const UNDONE: &str = "no lot was recorded";

/// A tie, and the count that it is in.
struct Tie<'a> {
    item: &'a str,
    title: &'a str,
    election: &'a Election,
    /// Where the lot is provided.
    source: &'a str,
    /// Seats that the tied were not elected to.
    seats: usize,
    /// The tied nominees, by place.
    tied: &'a [usize],
    fingerprint: String,
}

/// Has a tie broken by lot.
pub(super) fn run(args: &Lot) -> anyhow::Result<Exit> {
    let files = overrides(&args.files);
    let (tabulation, (certificate, fingerprint)) =
        watched(&files.progress, false, || -> anyhow::Result<_> {
            let loaded = super::read(&args.files.meeting, &files)
                .map_err(|problems| CommandError::Input(problems, UNDONE))?;
            refuse_second(args, &loaded)?;
            let tabulation =
                Tabulation::of(loaded, None).map_err(|problems| CommandError::Input(problems, UNDONE))?;
            let before = before_lots(&tabulation);
            Ok((tabulation, before))
        })?;
    let tie = tie(args, &tabulation, fingerprint)?;
    if !certificate.open_matters.is_empty() {
        output::print(&preliminary(&tie, &certificate))?;
        return Ok(Exit::Preliminary);
    }
    let loaded = &tabulation.loaded;
    output::print(&introduced(&tie, loaded))?;
    let (order, method) = drawn(args, &tie)?;
    let at = asked(args.at.as_deref(), "drawn at (a time such as 2002-12-05T11:20)")?;
    Moment::parse(&at, &loaded.meeting.zone)
        .map_err(|error| CommandError::Usage(format!("--at: {} {error}", quoted(&at))))?;
    let by = asked(args.by.as_deref(), "drawn by")?;
    let witnesses = match &args.witnesses {
        Some(witnesses) => witnesses.clone(),
        None => answer("watched by")?,
    };
    let row = [tie.item, &order.join(";"), &format!("{method}{ON}{}", tie.fingerprint), &at, &by, &witnesses]
        .map(|cell| cell.trim().to_owned());
    let path = write(args, loaded, &row)?;
    output::print(&concluded(&tie, &order, &path))?;
    Ok(Exit::Certified)
}

/// One tie has one lot.
fn refuse_second(args: &Lot, loaded: &Loaded) -> anyhow::Result<()> {
    let found = loaded.lots.iter().find(|lot| loaded.meeting.items[lot.item].id == args.item);
    match found {
        None => Ok(()),
        Some(lot) => anyhow::bail!(
            "{}: a lot on item {} is recorded already; if it is not of this count, strike it out first; {UNDONE}",
            visible(&loaded.at(lot.file, lot.line)),
            quoted(&args.item)
        ),
    }
}

/// The tie on the item; or why there is none that a lot could break.
fn tie<'a>(args: &Lot, tabulation: &'a Tabulation, fingerprint: String) -> anyhow::Result<Tie<'a>> {
    let items = &tabulation.loaded.meeting.items;
    let Some(place) = items.iter().position(|item| item.id == args.item) else {
        let hint = did_you_mean(&args.item, items.iter().map(|item| item.id.as_str()));
        return Err(
            CommandError::Usage(format!("--item: {} is not an item{hint}", quoted(&args.item))).into()
        );
    };
    let item = &items[place];
    let shown = quoted(&item.id);
    let (Some(election), Decision::Election(result)) =
        (item.election(), &tabulation.decided.items[place].decision)
    else {
        anyhow::bail!("item {shown} elects nobody; a lot is drawn between nominees; {UNDONE}");
    };
    if result.tied.is_empty() {
        anyhow::bail!("nobody is tied on item {shown}; {UNDONE}");
    }
    let Some(source) = election.tie_by_lot.as_deref() else {
        anyhow::bail!(
            "item {shown} has no `tie` in meeting.json, and a tie stays a tie; where the by-laws provide for a lot, write \
             `\"tie\": {{\"by\": \"lot\", \"source\": \"By-laws § …\"}}`; {UNDONE}"
        );
    };
    Ok(Tie {
        item: &item.id,
        title: &item.title,
        election,
        source,
        seats: (election.seats as usize).saturating_sub(result.elected.len()),
        tied: &result.tied,
        fingerprint,
    })
}

impl Tie<'_> {
    fn ids(&self) -> Vec<&str> {
        self.tied.iter().map(|place| self.election.nominees[*place].id.as_str()).collect()
    }

    /// `bell (Sam P. Bell)`.
    fn named(&self, id: &str) -> String {
        let name = self.election.nominees.iter().find(|nominee| nominee.id == id);
        format!("{} ({})", visible(id), visible(name.map_or("", |nominee| &nominee.name)))
    }
}

/// A count with an open matter may still change, and the tie with it.
fn preliminary(tie: &Tie<'_>, certificate: &Certificate) -> String {
    let codes: Vec<&str> = certificate.open_matters.iter().map(|matter| matter.code.code()).collect();
    format!(
        "item {} is tied, but the count is PRELIMINARY: {}. A lot is drawn on a count that is final; {UNDONE}\n",
        visible(tie.item),
        codes.join(", ")
    )
}

/// What is to be read out before anything is rolled or drawn.
fn introduced(tie: &Tie<'_>, loaded: &Loaded) -> String {
    let test = if loaded.meeting.papers.mode == Mode::Test { "TEST: this is no meeting\n" } else { "" };
    let names: String = tie.ids().iter().map(|id| format!("  {}\n", tie.named(id))).collect();
    format!(
        "{test}{}, {}\nitem {}: {}\ntied for {}, to be broken by lot ({}):\n{names}fingerprint of this count: {}\n",
        visible(&loaded.meeting.company),
        visible(&loaded.meeting.title),
        visible(tie.item),
        visible(tie.title),
        counted(tie.seats as u64, "seat"),
        visible(tie.source),
        tie.fingerprint
    )
}

/// The ids in the order drawn, and how it was done.
fn drawn(args: &Lot, tie: &Tie<'_>) -> anyhow::Result<(Vec<String>, String)> {
    let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect::<Vec<_>>();
    if let (Some(drawn), Some(method)) = (&args.drawn, &args.method) {
        let order: Vec<&str> = drawn.split(';').map(str::trim).collect();
        let (mut theirs, mut ours) = (order.clone(), tie.ids());
        theirs.sort_unstable();
        ours.sort_unstable();
        if theirs != ours {
            let message = format!(
                "--drawn: {} must be each of the tied once, in the order drawn: {}",
                quoted(drawn),
                tie.ids().join(";")
            );
            return Err(CommandError::Usage(message).into());
        }
        if method.trim().is_empty() || method.starts_with(DICE) {
            let message =
                "--method: say how it was drawn by hand, as `slips from a hat`; digits go to --digits";
            return Err(CommandError::Usage(message.to_owned()).into());
        }
        return Ok((owned(order), method.trim().to_owned()));
    }
    let digits = asked(args.digits.as_deref(), "digits, rolled now, at least twenty")?;
    let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
    if !lot::are_digits(&digits) {
        let message = format!(
            "--digits: {} are not at least {} digits, written as they fell",
            quoted(&digits),
            lot::DIGITS_MIN
        );
        return Err(CommandError::Usage(message).into());
    }
    let order = lot::order(&tie.fingerprint, tie.item, &digits, &tie.ids());
    let numbers: String = order
        .iter()
        .map(|id| format!("  {}  {}\n", lot::number(&tie.fingerprint, tie.item, &digits, id), tie.named(id)))
        .collect();
    output::print(&format!("digits: {digits}\n{numbers}"))?;
    Ok((owned(order), format!("{DICE}{digits}")))
}

/// What was given on the command line, or else is typed now; something it must be.
fn asked(given: Option<&str>, what: &str) -> anyhow::Result<String> {
    let text = match given {
        Some(text) => text.trim().to_owned(),
        None => answer(what)?,
    };
    if text.is_empty() {
        anyhow::bail!("nothing was given for: {what}; {UNDONE}");
    }
    Ok(text)
}

/// A line that is typed.
fn answer(what: &str) -> anyhow::Result<String> {
    eprint!("{what}: ");
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("reading what is typed")?;
    Ok(line.trim().to_owned())
}

/// Adds the row to the file of lots, whole or not at all.
fn write(args: &Lot, loaded: &Loaded, row: &[String; 6]) -> anyhow::Result<PathBuf> {
    let found = loaded.inputs.iter().rfind(|input| input.role == Role::Lots);
    let meeting = &args.files.meeting;
    let folder = if meeting.is_dir() { Some(meeting.as_path()) } else { meeting.parent() };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let path = found.map_or_else(|| folder.join(Role::Lots.default_file()), |input| input.location.clone());
    let mut text = match found {
        Some(_) => fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?,
        None => String::new(),
    };
    let header = line(loaded.delimiter, &columns_of(Role::Lots))?;
    let row = line(loaded.delimiter, row)?;
    if text.is_empty() {
        text.push_str(&header);
    }
    let has_header = text.lines().next() == Some(header.trim_end());
    if !has_header || found.is_some_and(|input| input.laid.is_some()) {
        anyhow::bail!(
            "{} has columns of its own: add the row by hand; as quorate writes it:\n{header}{row}",
            path.display()
        );
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&row);
    let name =
        path.file_name().and_then(|name| name.to_str()).context("lots.csv: expected the name of a file")?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    output::replace(folder, Access::of(true), &[(name, text.into_bytes())])?;
    Ok(path)
}

fn line(delimiter: u8, cells: &[impl AsRef<[u8]>]) -> anyhow::Result<String> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(cells)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn concluded(tie: &Tie<'_>, order: &[String], path: &Path) -> String {
    let elected: Vec<String> = order.iter().take(tie.seats).map(|id| tie.named(id)).collect();
    format!(
        "elected by lot: {}\nrecorded in {}; `quorate tabulate` now certifies it\n",
        elected.join("; "),
        visible(&path.display().to_string())
    )
}
