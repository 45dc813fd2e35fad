//! The sheet of `check` as text.

use super::page::TextPage;
use crate::amount::Votes;
use crate::check::{CardTotals, CheckSheet, StillOut};
use crate::text::{counted, thousands, visible};
use crate::time::show_date;

/// The sheet in lines of so many columns.
#[must_use]
pub fn text(sheet: &CheckSheet<'_>, width: usize) -> String {
    let mut page = TextPage::of_width(width);
    let meeting = &sheet.loaded.meeting;
    page.paragraph(
        "",
        0,
        &format!("{}: {}, {}", meeting.company, meeting.title, show_date(meeting.date, meeting.papers.dates)),
    );
    page.paragraph("", 0, "Everything was read. This sheet tells no result.");
    files(&mut page, sheet);
    register(&mut page, sheet);
    cards(&mut page, &sheet.cards);
    batches(&mut page, sheet);
    near(&mut page, sheet);
    quorum(&mut page, sheet);
    items(&mut page, sheet);
    still_out(&mut page, sheet);
    zero(&mut page, sheet);
    warnings(&mut page, sheet);
    page.finish()
}

fn number(votes: Votes) -> String {
    thousands(&votes.to_string())
}

fn count(count: u64) -> String {
    thousands(&count.to_string())
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn files(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    page.head("FILES");
    let rows: Vec<Vec<String>> = sheet
        .inputs
        .iter()
        .map(|input| {
            let shares = input.shares.filter(|sum| !sum.is_zero());
            vec![
                format!("{}: {}", input.role.name(), visible(&input.path)),
                count(input.bytes),
                input.rows.map_or_else(String::new, count),
                shares.map_or_else(String::new, |sum| thousands(&sum.to_string())),
            ]
        })
        .collect();
    page.headed_table(2, &row(&["File", "Bytes", "Rows", "Shares"]), &rows);
    page.blank();
    page.line("  SHA-256");
    for input in sheet.inputs {
        page.paragraph("  ", 4, &format!("{}  {}", input.sha256, visible(&input.path)));
    }
}

fn register(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    page.head("REGISTER");
    let is_short = sheet.classes.iter().any(|class| !class.missing.is_zero());
    let has_treasury = sheet.classes.iter().any(|class| !class.not_voting.is_zero());
    let mut head = row(&["Class", "Positions", "Voting shares"]);
    if has_treasury {
        head.push("Not voting".to_owned());
    }
    if is_short {
        head.push("Not listed".to_owned());
    }
    head.push("Votes outstanding".to_owned());
    let rows: Vec<Vec<String>> = sheet
        .classes
        .iter()
        .map(|class| {
            let mut cells = vec![visible(&class.name).into_owned(), count(class.positions)];
            cells.push(thousands(&class.voting.to_string()));
            cells.extend(has_treasury.then(|| thousands(&class.not_voting.to_string())));
            cells.extend(is_short.then(|| thousands(&class.missing.to_string())));
            cells.push(number(class.votes));
            cells
        })
        .collect();
    page.headed_table(2, &head, &rows);
}

fn cards(page: &mut TextPage, cards: &CardTotals) {
    page.head("CARDS AND BALLOTS");
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut add = |label: String, of: u64| rows.push(vec![label, count(of)]);
    add("read".to_owned(), cards.all);
    for (form, of) in &cards.forms {
        add(format!("form {}", visible(form)), *of);
    }
    add("ballots".to_owned(), cards.ballots);
    for (medium, of) in &cards.media {
        add(format!("by {}", medium.replace("in_person", "hand, in person")), *of);
    }
    for (class, of) in &cards.classes {
        add(format!("for {} only", visible(class)), *of);
    }
    for (label, of) in [
        ("not signed", cards.unsigned),
        ("signature not the holder's", cards.mismatched),
        ("account not known", cards.unknown),
    ] {
        if of > 0 {
            add(label.to_owned(), of);
        }
    }
    page.table(2, &rows);
    if let (of @ 1.., sum) = cards.limited {
        let sum = sum.map_or_else(
            || "more shares than can be counted".to_owned(),
            |sum| format!("{} shares together", thousands(&sum.to_string())),
        );
        page.paragraph("  ", 2, &format!("{} for part of a position: {sum}.", counted(of, "card")));
    }
}

fn batches(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    if sheet.batches.is_empty() {
        return;
    }
    page.head("BATCHES");
    let head = row(&["Batch", "Cards", "Shares claimed", "Clerk"]);
    let rows: Vec<Vec<String>> = sheet
        .batches
        .iter()
        .map(|batch| {
            let name = if batch.batch.is_empty() { "none named".into() } else { visible(&batch.batch) };
            let shares = batch.shares.map_or_else(
                || "more than can be counted".to_owned(),
                |shares| thousands(&shares.to_string()),
            );
            let clerks: Vec<String> = batch.clerks.iter().map(|clerk| visible(clerk).into_owned()).collect();
            vec![name.into_owned(), count(batch.cards), shares, clerks.join(", ")]
        })
        .collect();
    page.headed_table(2, &head, &rows);
}

fn near(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    if sheet.near.is_empty() {
        return;
    }
    page.head("ACCOUNTS THAT ARE NOT THERE, BUT NEAR ONE THAT IS");
    for pair in &sheet.near {
        page.told(2, 4, &pair.to_string());
    }
    let remedy = "Correct the account in the file, or rule in rulings.csv: `account` says whose the paper is, `reject` \
                  that it is nobody's. Until then it counts for nothing.";
    page.paragraph("  ", 2, remedy);
}

fn quorum(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    page.head("QUORUM");
    let quorum = &sheet.quorum;
    page.paragraph(
        "  ",
        2,
        &format!(
            "{} votes are needed: {} the {} outstanding.",
            number(quorum.required),
            quorum.fraction,
            number(quorum.outstanding)
        ),
    );
    for (name, outstanding, required) in &quorum.by_class {
        let text = format!(
            "{name} needs its own: {} votes, {} {}.",
            number(*required),
            quorum.fraction,
            number(*outstanding)
        );
        page.paragraph("  ", 2, &text);
    }
}

fn items(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    page.head("WHAT EACH ITEM NEEDS");
    for item in &sheet.items {
        page.paragraph("  ", 2, &format!("Item {}: {}", item.id, item.title));
        page.paragraph("    ", 4, &item.says.join(" "));
    }
}

fn still_out(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    let StillOut { sent, nothing, unlisted, uncovered, largest } = &sheet.out;
    page.head("PROXIES STILL OUT");
    let mut rows = vec![
        vec!["sent a card or a total".to_owned(), count(sent.0), number(sent.1)],
        vec!["sent nothing".to_owned(), count(nothing.0), number(nothing.1)],
    ];
    if !unlisted.is_zero() {
        rows.push(vec!["not on the register".to_owned(), String::new(), number(*unlisted)]);
    }
    page.headed_table(2, &row(&["", "Accounts", "Votes"]), &rows);
    page.blank();
    if largest.is_empty() {
        page.paragraph("  ", 2, "Every position is covered by a card or a total.");
        return;
    }
    let all = format!("{} with {} votes", counted(uncovered.0, "position"), number(uncovered.1));
    let lead = if largest.len() as u64 == uncovered.0 {
        format!("No card that stands and no total covers {all}:")
    } else {
        format!("No card that stands and no total covers {all}; the {} largest:", largest.len())
    };
    page.paragraph("  ", 2, &lead);
    let is_several = sheet.classes.len() > 1;
    for position in largest {
        let class = if is_several { format!(" of {}", position.class) } else { String::new() };
        let part = if position.votes == position.of {
            String::new()
        } else {
            format!(", of its {}", number(position.of))
        };
        let why = position.why.as_deref().unwrap_or("sent nothing");
        let votes = format!("{:>15}", number(position.votes));
        page.paragraph(
            &format!("  {votes}  "),
            19,
            &format!("{}{class}{part}: {why}", visible(&position.account)),
        );
    }
}

fn zero(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    let Some(counters) = &sheet.zero else { return };
    page.head("ZERO REPORT");
    let text = "No card, ballot, total, revocation or ruling has been read. Every counter stands at zero:";
    page.paragraph("  ", 2, text);
    let head = row(&["", "For", "Against", "Abstain", "Withheld", "Non-votes", "Not voted"]);
    let rows: Vec<Vec<String>> = counters
        .iter()
        .map(|name| {
            let mut cells = vec![visible(name).into_owned()];
            cells.extend((1..head.len()).map(|_| "0".to_owned()));
            cells
        })
        .collect();
    page.headed_table(2, &head, &rows);
}

fn warnings(page: &mut TextPage, sheet: &CheckSheet<'_>) {
    if !sheet.warnings.is_empty() {
        page.head("WARNINGS");
    }
    for warning in &sheet.warnings {
        page.paragraph("  ", 2, &format!("warning: {}: {}", warning.code, warning.says));
        page.paragraph("    ", 4, &format!("What to do: {}.", warning.code.entry().remedy));
    }
    page.blank();
    page.line(&match sheet.warnings.len() as u64 {
        0 => "no problems found".to_owned(),
        count => format!("no problems found, {}", counted(count, "warning")),
    });
}
