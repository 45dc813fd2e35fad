//! `quorate tabulate`: load, tabulate, certify, render.

use std::io;
use std::path::Path;

use clap::ColorChoice;

use super::output::documents::{self, Manner, Receipts};
use super::output::{self, Access};
use super::progress::watched;
use super::verify::NAMESPACE;
use super::{CommandError, Exit, overrides, receipt, terminal, workbook};
use crate::audit::instructions::instructions;
use crate::audit::ledger::{self, LedgerDigest};
use crate::catalogue::MatterCode;
use crate::certify::{Certificate, OpenMatter, certify};
use crate::cli::{Format, SecondCountWhen, Tabulate};
use crate::load::Overrides;
use crate::render;
use crate::render::filing::{self, Form};
use crate::tabulate::{SecondCount, Tabulation};
use crate::text::{counted, quoted, visible};
use crate::time::Moment;

const UNDONE: &str = "nothing was tabulated";

/// Tabulates a meeting and prints its certificate.
pub(super) fn run(args: &Tabulate, color: ColorChoice) -> anyhow::Result<Exit> {
    let place =
        args.workbook.as_ref().map(|file| workbook::Place::of(file, args.out.as_deref())).transpose()?;
    let manner = manner(args, place.as_ref());
    if let Some(folder) = &args.out {
        documents::check(folder, manner)?;
    }
    if let Some(place) = &place {
        place.check(args.force)?;
    }
    let receipts = receipts(args)?;
    let files = overrides(&args.files);
    let (certificate, tabulation) =
        watched(&files.progress, args.quiet, || tabulate(args, &receipts, place.as_ref(), &files))?;
    if let Some(place) = &place {
        place.write(&tabulation, &certificate, manner.access)?;
    }
    let text = printed(args, color, &certificate, &tabulation)?;
    // What a meeting of millions takes is given back at once when the program ends.
    std::mem::forget(tabulation);
    output::print(&text).map_err(|error| match &args.out {
        Some(folder) => {
            anyhow::anyhow!("{error:#}; every document is whole in {}, not all was printed", shown(folder))
        }
        None => anyhow::anyhow!("{error:#}; not all was printed, and nothing else was written"),
    })?;
    Ok(conclude(args, place.as_ref(), &certificate))
}

/// What is printed on standard output.
fn printed(
    args: &Tabulate,
    color: ColorChoice,
    certificate: &Certificate,
    tabulation: &Tabulation,
) -> anyhow::Result<String> {
    let as_text = || render::text::render_within(certificate, terminal::width());
    let asx = |form| filing::asx::render(certificate, &instructions(tabulation), form);
    Ok(match args.format {
        Format::Text if terminal::is_coloured(color) => render::text::coloured(&as_text()),
        Format::Text => as_text(),
        Format::Json => render::json::render(certificate),
        Format::Html => render::html::render(certificate),
        Format::Markdown => render::markdown::render(certificate),
        Format::Csv => render::csv::render(certificate),
        Format::Item507 => filing::item507(certificate, Form::Markdown),
        Format::Item507Text => filing::item507(certificate, Form::Text),
        Format::Item507Html => filing::item507(certificate, Form::Html),
        Format::TenQItem4 => filing::item4(certificate),
        Format::Rns => filing::rns::render(certificate, Form::Text),
        Format::RnsHtml => filing::rns::render(certificate, Form::Html),
        Format::Asx => asx(Form::Text),
        Format::AsxHtml => asx(Form::Html),
        Format::Seev008 => message(args, certificate)?,
    })
}

/// The message of ISO 20022; what it has no element for goes to standard error.
fn message(args: &Tabulate, certificate: &Certificate) -> anyhow::Result<String> {
    let message = filing::seev008::render(certificate)
        .map_err(|why| anyhow::anyhow!("--format seev008: {why}; nothing was printed"))?;
    for left_out in message.left_out.iter().filter(|_| !args.quiet) {
        eprintln!("note: seev.008 leaves out {}", visible(left_out));
    }
    Ok(message.xml)
}

fn shown(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn manner<'a>(args: &Tabulate, place: Option<&'a workbook::Place>) -> Manner<'a> {
    Manner {
        may_replace: args.force,
        access: Access::of(args.shared),
        is_public: args.public,
        workbook: place.and_then(workbook::Place::among_documents),
    }
}

/// The key of the receipts, where they are wanted. It is never written where the documents are handed on.
fn receipts(args: &Tabulate) -> anyhow::Result<Receipts> {
    let Some(path) = &args.receipts_key else { return Ok(Receipts::None) };
    let folder_of = |path: &Path| path.canonicalize().ok()?.parent().map(Path::to_owned);
    let out = args.out.as_ref().and_then(|out| out.canonicalize().ok());
    if out.is_some() && folder_of(path) == out {
        let shown = shown(path);
        return Err(CommandError::Usage(format!(
            "--receipts-key: {shown} lies where the documents go, which are handed on; keep it elsewhere"
        ))
        .into());
    }
    receipt::key(path, args.quiet).map(Receipts::Key)
}

/// Loads, tabulates and certifies a meeting, and writes its documents where they are wanted.
fn tabulate(
    args: &Tabulate,
    receipts: &Receipts,
    place: Option<&workbook::Place>,
    files: &Overrides,
) -> anyhow::Result<(Certificate, Tabulation)> {
    let loaded =
        super::read(&args.files.meeting, files).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    if let Some(place) = place {
        place.refuse_inputs(&loaded.inputs)?;
    }
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
        Some(folder) => documents::write_documents(&tabulation, receipts, folder, manner(args, place))?,
        None => {
            let certificate = certify(&tabulation, digest(&tabulation)?);
            if args.public { certificate.public() } else { certificate }
        }
    };
    Ok((certificate, tabulation))
}

/// The digest of the ledger. To make a ledger of millions of rows for one line of a certificate that goes nowhere
/// near a ledger would take longer than the count.
fn digest(tabulation: &Tabulation) -> io::Result<Option<LedgerDigest>> {
    let is_made = tabulation.loaded.cards.count() <= ledger::DIGEST_CARDS_MAX;
    is_made.then(|| ledger::write(tabulation, io::sink())).transpose()
}

fn conclude(args: &Tabulate, place: Option<&workbook::Place>, certificate: &Certificate) -> Exit {
    for warning in certificate.warnings.iter().filter(|_| !args.quiet) {
        eprintln!("warning: {}: {}", warning.code, warning.says);
    }
    if let Some(folder) = args.out.as_ref().filter(|_| !args.quiet) {
        eprint!("{}", written(manner(args, place), folder, certificate));
    }
    if let Some(told) = place.and_then(workbook::Place::told).filter(|_| !args.quiet) {
        eprint!("{told}");
    }
    if certificate.open_matters.is_empty() {
        return Exit::Certified;
    }
    if !args.quiet {
        let codes: Vec<&str> = certificate.open_matters.iter().map(|matter| matter.code.code()).collect();
        let count = counted(codes.len() as u64, "open matter");
        eprintln!("note: preliminary: {count}: {}", codes.join(", "));
        let meeting = args.files.meeting.display().to_string();
        for matter in &certificate.open_matters {
            eprintln!("hint: {}", hint(matter, &quoted_path(&meeting)));
        }
    }
    Exit::Preliminary
}

/// What was written and where; then a line for each item, and the status.
fn written(manner: Manner<'_>, folder: &Path, certificate: &Certificate) -> String {
    let names: Vec<&str> = manner.documents().chain([documents::RUN, documents::SUMS]).collect();
    let mut text = format!("wrote to {}: {}\n", shown(folder), names.join(", "));
    for item in &certificate.items {
        let outcome = item.outcome.replace('_', " ");
        text.push_str(&format!("item {}: {}: {outcome}\n", visible(&item.id), visible(&item.title)));
    }
    let fingerprint = certificate.fingerprint().map(|it| format!("; fingerprint {it}")).unwrap_or_default();
    text.push_str(&format!("status: {}{fingerprint}\n", certificate.status));
    if certificate.open_matters.is_empty() {
        text.push_str(&how_to_sign(folder));
    }
    text
}

/// The two lines of OpenSSH that sign the documents, and that check a signature.
fn how_to_sign(folder: &Path) -> String {
    let sums = folder.join(documents::SUMS).display().to_string();
    let (sums, signature) = (quoted_path(&sums), quoted_path(&format!("{sums}.sig")));
    format!(
        "to sign:  ssh-keygen -Y sign -n {NAMESPACE} -f KEY {sums}\n\
         to check: ssh-keygen -Y verify -n {NAMESPACE} -f allowed_signers -I SIGNER -s {signature} < {sums}\n"
    )
}

/// A path as it can be typed again, plain where it needs no quotes.
fn quoted_path(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let shown = visible(path);
    if shown.chars().all(is_plain) {
        shown.into_owned()
    } else {
        format!("'{}'", shown.replace('\'', "'\\''"))
    }
}

/// What to do about an open matter, and what to run next.
fn hint(matter: &OpenMatter, meeting: &str) -> String {
    match (matter.code, matter.card_numbers.first()) {
        (MatterCode::HeldCards, Some(card)) => format!(
            "`quorate explain {meeting} --card {}` says why it is held; rule on it in rulings.csv",
            quoted_path(card)
        ),
        (MatterCode::PollsOpen, _) => {
            "set polls_close in meeting.json once the polls have closed; until then, \
                              `quorate compare` sets today's certificate beside yesterday's"
                .to_owned()
        }
        (MatterCode::AsOf, _) => {
            format!("`quorate tabulate {meeting}` without --as-of counts everything that came")
        }
        (MatterCode::NoProxyHolderBallot, _) => {
            "write ballot_cast of the form into meeting.json once its proxy holders hand in their ballot"
                .to_owned()
        }
        (MatterCode::RegisterShort, _) => {
            "get the complete register, then set `\"register\": \"complete\"`".to_owned()
        }
        (MatterCode::OvervoteHeld, _) => {
            format!(
                "`quorate explain {meeting} --challenges` lists the blocks held; settle them in rulings.csv"
            )
        }
        (MatterCode::NoticeAfterBallot, _) => {
            "find out when the voting began: correct the notice or the ballots' times, or set `\"notice\": null`"
                .to_owned()
        }
        (MatterCode::NearAccounts, _) => {
            "rule in rulings.csv: `account` says whose each paper is, `reject` that it is nobody's".to_owned()
        }
        (MatterCode::AllocationInfeasible, _) => {
            "correct cumulative_allocation in meeting.json with the proxy holders' own totals".to_owned()
        }
        (MatterCode::HeldCards, None) => {
            format!("`quorate explain {meeting} --challenges` lists every card that could be disputed")
        }
    }
}
