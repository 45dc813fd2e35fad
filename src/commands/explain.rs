//! `quorate explain`: why, in plain words, with the rule and its source.

use serde::Serialize;

use super::{CommandError, Exit, loaded, output, terminal};
use crate::audit::challenges::{Challenge, challenges};
use crate::audit::ledger::{self, harmless};
use crate::certify::certify;
use crate::cli::{Explain, ExplainFormat};
use crate::explain::{self, Explanation};
use crate::load;
use crate::render::text::wrapped;
use crate::tabulate::Tabulation;
use crate::text::{did_you_mean, quoted, thousands};

const UNDONE: &str = "nothing was explained";

/// Explains a card, an account, an item or all challenges.
pub(super) fn run(args: &Explain) -> anyhow::Result<Exit> {
    let loaded = loaded(&args.files).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let tabulation =
        Tabulation::of(loaded, None).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    if args.challenges {
        return print_challenges(&challenges(&tabulation), args.format);
    }
    let certificate = certify(&tabulation, Some(ledger::write(&tabulation, std::io::sink())?));
    let explanation = if let Some(number) = &args.card {
        let id = tabulation.loaded.cards.find(number).ok_or_else(|| {
            CommandError::Usage(format!("--card: no card has the number {}", quoted(number)))
        })?;
        explain::card(&tabulation, &certificate, id)
    } else if let Some(text) = &args.account {
        let found = tabulation.loaded.accounts.find(text).ok_or_else(|| {
            let what = "is neither on the register, in omnibus.csv nor on a card";
            CommandError::Usage(format!("--account: {} {what}", quoted(text)))
        })?;
        explain::account(&tabulation, &certificate, load::AccountId(found))
    } else {
        let id = args.item.as_deref().unwrap_or_default();
        let items = &tabulation.loaded.meeting.items;
        let place = items.iter().position(|item| item.id == id).ok_or_else(|| {
            let hint = did_you_mean(id, items.iter().map(|item| item.id.as_str()));
            CommandError::Usage(format!("--item: {} is not an item{hint}", quoted(id)))
        })?;
        explain::item(&tabulation, &certificate, place)
    };
    match args.format {
        ExplainFormat::Text => output::print(&text(&explanation, terminal::width()))?,
        ExplainFormat::Json => output::print(&json(&explanation))?,
        ExplainFormat::Csv => {
            return Err(CommandError::Usage("--format csv goes with --challenges".to_owned()).into());
        }
    }
    Ok(Exit::Certified)
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

fn print_challenges(list: &[Challenge], format: ExplainFormat) -> anyhow::Result<Exit> {
    let document = match format {
        ExplainFormat::Json => json(&list),
        ExplainFormat::Csv => csv(list)?,
        ExplainFormat::Text => challenge_text(list, terminal::width()),
    };
    output::print(&document)?;
    Ok(Exit::Certified)
}

fn would_change(challenge: &Challenge) -> String {
    match &challenge.would_change {
        None => "not tried".to_owned(),
        Some(items) if items.is_empty() => "no outcome".to_owned(),
        Some(items) => format!("the outcome of item {}", items.join(", ")),
    }
}

fn challenge_text(list: &[Challenge], width: usize) -> String {
    let mut lines = wrapped(
        width,
        "",
        0,
        "Challenge list: every card rejected, revoked, held, superseded or cut, and what would change if it \
        alone stood, before every other card of its account. Largest effect first.",
    );
    for one in list {
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
            &format!("Reversed, it would change {}{effects}", would_change(one)),
        ));
    }
    if list.is_empty() {
        lines.push("No card was anything but counted.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn csv(list: &[Challenge]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "card",
        "account",
        "disposition",
        "reason",
        "shares_claimed",
        "would_change",
        "votes_moved",
        "effects",
        "why",
        "challenged_by",
        "ruling",
        "initials",
    ])?;
    for one in list {
        writer.write_record([
            &harmless(&one.card),
            &harmless(&one.account),
            one.disposition,
            one.reason,
            &one.shares_claimed.to_string(),
            &would_change(one),
            &one.votes_moved.to_string(),
            &harmless(&one.effects.join("; ")),
            &harmless(&one.why),
            "",
            "",
            "",
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
