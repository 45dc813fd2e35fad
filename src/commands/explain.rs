//! `quorate explain`: why, in plain words, with the rule and its source.

use serde::Serialize;

use super::{CommandError, Exit, output, terminal, with_meeting};
use crate::audit::challenges::{ChallengeList, challenges};
use crate::audit::ledger::harmless;
use crate::audit::totals::{ChallengedTotals, OtherCut};
use crate::certify::certify;
use crate::cli::{Explain, ExplainFormat};
use crate::explain::{self, Explanation};
use crate::load::{AccountId, CHALLENGE_COLUMNS, CardId, Loaded};
use crate::meeting::DateStyle;
use crate::render::text::wrapped;
use crate::tabulate::Tabulation;
use crate::text::{did_you_mean, quoted, thousands};

const UNDONE: &str = "nothing was explained";

/// Explains a card, an account, an item or all challenges.
pub(super) fn run(args: &Explain) -> anyhow::Result<Exit> {
    if args.format == ExplainFormat::Csv && !args.challenges {
        return Err(CommandError::Usage("--format csv goes with --challenges".to_owned()).into());
    }
    let document = with_meeting(&args.files, |loaded| {
        document(args, loaded.map_err(|problems| CommandError::Input(problems, UNDONE))?)
    })?;
    output::print(&document)?;
    Ok(Exit::Certified)
}

fn document(args: &Explain, mut loaded: Loaded) -> anyhow::Result<String> {
    if args.format != ExplainFormat::Text {
        // What programs read keeps ISO 8601.
        loaded.meeting.papers.dates = DateStyle::Iso;
    }
    // What is not there is said before anything is counted.
    let subject = if args.challenges { None } else { Some(Subject::of(args, &loaded)?) };
    let tabulation =
        Tabulation::of(loaded, None).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let Some(subject) = subject else {
        return challenge_document(&challenges(&tabulation), args.format);
    };
    let certificate = certify(&tabulation, None);
    let explanation = match subject {
        Subject::Card(id) => explain::card(&tabulation, &certificate, id),
        Subject::Account(id) => explain::account(&tabulation, &certificate, id),
        Subject::Item(place) => explain::item(&tabulation, &certificate, place),
    };
    Ok(match args.format {
        ExplainFormat::Text | ExplainFormat::Csv => text(&explanation, terminal::width()),
        ExplainFormat::Json => json(&explanation),
    })
}

/// What is to be explained.
enum Subject {
    Card(CardId),
    Account(AccountId),
    Item(usize),
}

impl Subject {
    fn of(args: &Explain, loaded: &Loaded) -> Result<Self, CommandError> {
        if let Some(number) = &args.card {
            let none = || format!("--card: no card has the number {}", quoted(number));
            return loaded.cards.find(number).map(Self::Card).ok_or_else(|| CommandError::Usage(none()));
        }
        if let Some(text) = &args.account {
            let found = loaded.accounts.find(text).ok_or_else(|| {
                let what = "is neither on the register, in omnibus.csv nor on a card";
                CommandError::Usage(format!("--account: {} {what}", quoted(text)))
            })?;
            return Ok(Self::Account(AccountId(found)));
        }
        let id = args.item.as_deref().unwrap_or_default();
        let items = &loaded.meeting.items;
        let place = items.iter().position(|item| item.id == id).ok_or_else(|| {
            let hint = did_you_mean(id, items.iter().map(|item| item.id.as_str()));
            CommandError::Usage(format!("--item: {} is not an item{hint}", quoted(id)))
        })?;
        Ok(Self::Item(place))
    }
}

fn json(value: &impl Serialize) -> String {
    crate::text::json_visible(&serde_json::to_string_pretty(value).unwrap_or_default()) + "\n"
}

fn text(explanation: &Explanation, width: usize) -> String {
    let mut lines = wrapped(width, "", 0, &explanation.subject);
    if explanation.status != "certified" {
        lines.push("(of a PRELIMINARY result)".to_owned());
    }
    for section in &explanation.sections {
        lines.push(String::new());
        lines.extend(wrapped(width, "", 0, &section.title));
        for sentence in &section.sentences {
            let at = sentence.at.as_ref().map_or_else(String::new, |at| format!("{at}: "));
            let rule = match (sentence.rule, sentence.source) {
                (Some(rule), Some(source)) => format!(" [{rule}; {source}]"),
                _ => String::new(),
            };
            lines.extend(wrapped(width, "  - ", 4, &format!("{at}{}{rule}", sentence.says)));
        }
    }
    lines.join("\n") + "\n"
}

fn challenge_document(list: &ChallengeList, format: ExplainFormat) -> anyhow::Result<String> {
    match format {
        ExplainFormat::Json => Ok(json(list)),
        ExplainFormat::Csv => csv(list),
        ExplainFormat::Text => Ok(challenge_text(list, terminal::width())),
    }
}

fn would_change(items: Option<&Vec<String>>) -> String {
    match items {
        None => "not tried".to_owned(),
        Some(items) if items.is_empty() => "no outcome".to_owned(),
        Some(items) => format!("the outcome of item {}", items.join(", ")),
    }
}

fn challenge_text(list: &ChallengeList, width: usize) -> String {
    let mut lines = wrapped(
        width,
        "",
        0,
        "Challenge list: every card rejected, revoked, held, superseded or cut, and what would change if it \
        alone stood, before every other card of its account. Largest effect first.",
    );
    for one in &list.challenges {
        lines.push(String::new());
        let head = format!(
            "{} (account {}, {} shares): {}",
            one.card,
            one.account,
            thousands(&one.shares_claimed.to_string()),
            one.why
        );
        lines.extend(wrapped(width, "  ", 4, &head));
        let effects =
            if one.effects.is_empty() { String::new() } else { format!(": {}", one.effects.join("; ")) };
        lines.extend(wrapped(
            width,
            "    ",
            6,
            &match one.would_change {
                None => "What reversing it would change was not tried.".to_owned(),
                Some(_) => {
                    format!("Reversed, it would change {}{effects}", would_change(one.would_change.as_ref()))
                }
            },
        ));
    }
    if list.challenges.is_empty() {
        lines.push("No card was anything but counted.".to_owned());
    }
    for one in &list.over_position {
        lines.push(String::new());
        lines.extend(wrapped(width, "  ", 4, &one.why));
        for way in &one.ways {
            lines.extend(wrapped(width, "    ", 6, &other_cut(way)));
        }
    }
    lines.join("\n") + "\n"
}

/// `Cut by first_in, it would change the outcome of item 2: 2 for +100`.
fn other_cut(way: &OtherCut) -> String {
    let effects =
        if way.effects.is_empty() { String::new() } else { format!(": {}", way.effects.join("; ")) };
    match &way.would_change {
        None => format!("What `{}` would change was not tried.", way.overvote),
        Some(items) => {
            format!("By `{}` it would change {}{effects}", way.overvote, would_change(Some(items)))
        }
    }
}

/// A participant's totals as a row, to be ruled on as `street`; blocks are ruled on card by card.
fn totals_row(one: &ChallengedTotals) -> [String; 15] {
    let mut row = <[String; 15]>::default();
    let ways: Vec<String> = one.ways.iter().map(other_cut).collect();
    let told = ["", &one.account, "overvote", "over_position"].map(harmless);
    row[..4].clone_from_slice(&told);
    row[4] = one.asked.to_string();
    row[7] = harmless(&ways.join(" "));
    row[8] = harmless(&one.why);
    row[10] = harmless(&one.account);
    row
}

fn csv(list: &ChallengeList) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CHALLENGE_COLUMNS.into_iter().chain(["street", "ruling", "reason", "by", "at"]))?;
    for one in &list.challenges {
        writer.write_record([
            &harmless(&one.card),
            &harmless(&one.account),
            one.disposition,
            one.reason,
            &one.shares_claimed.to_string(),
            &would_change(one.would_change.as_ref()),
            &one.votes_moved.to_string(),
            &harmless(&one.effects.join("; ")),
            &harmless(&one.why),
            "",
            "",
            "",
            "",
            "",
            "",
        ])?;
    }
    for one in list.over_position.iter().filter(|one| one.of == "totals") {
        writer.write_record(totals_row(one))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
