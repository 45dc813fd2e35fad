//! The certificate's tables, a cell for each figure: the same ones in every document.

use super::words::{self, LINE_HEADS, cells, percent, shares, standing, votes};
use crate::certify::{
    AllocationFigures, Certificate, CumulativeFigures, ItemFigures, LineFigures, NodeFigures, NomineeFigures,
};
use crate::text::{counted, thousands, visible};

/// The most sets of permitted names whose pools a table lists one by one.
const POOLS_MAX: usize = 40;

/// A table: a head, and rows of as many cells; the first cell names the row.
#[derive(Debug, Clone)]
pub(super) struct DocumentTable {
    /// Over each column; nothing where a column needs no name.
    pub(super) head: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<Vec<String>>,
}

fn row(first: &str, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    [visible(first).into_owned()].into_iter().chain(cells).collect()
}

fn head<'t>(first: &str, others: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    row(first, others.into_iter().map(str::to_owned))
}

/// The lines of a proposal or a voting group of an item.
pub(super) fn lines(item: &ItemFigures, lines: &LineFigures) -> DocumentTable {
    let rows = vec![row("Votes", cells(lines))];
    offered(DocumentTable { head: head("", LINE_HEADS), rows }, item)
}

/// Whether a line of an item is one that its form of proxy offers, or that brokers report.
pub(super) fn is_offered(item: &ItemFigures, head: &str) -> bool {
    let name = match head {
        "For" => return true,
        "Against" => "against",
        "Abstain" => "abstain",
        "Withheld" => "withhold",
        "Broker non-votes" => return true,
        _ => return false,
    };
    item.options.contains(&name)
}

/// A table without the lines that were not offered and on which nobody voted.
fn offered(table: DocumentTable, item: &ItemFigures) -> DocumentTable {
    let is_shown: Vec<bool> = (0..table.head.len())
        .map(|column| {
            let head = table.head[column].as_str();
            !LINE_HEADS.contains(&head)
                || is_offered(item, head)
                || table.rows.iter().any(|row| row.get(column).is_some_and(|cell| cell != "0"))
        })
        .collect();
    let kept = |cells: Vec<String>| -> Vec<String> {
        cells.into_iter().zip(&is_shown).filter(|(_, is_shown)| **is_shown).map(|(cell, _)| cell).collect()
    };
    DocumentTable { head: kept(table.head), rows: table.rows.into_iter().map(kept).collect() }
}

/// An item's own tables, as every document has them.
#[cfg(feature = "xlsx")]
pub(super) fn of_item(item: &ItemFigures) -> Vec<DocumentTable> {
    match (&item.nominees, &item.cumulative, &item.lines) {
        (Some(of), Some(pools), _) => vec![
            cumulated(item, of, pools),
            not_for(item, of),
            DocumentTable { head: head("Where the pool went", [""]), rows: pool(pools) },
        ],
        (Some(of), None, _) => vec![nominees(item, of)],
        (None, _, Some(_)) if item.choices.is_some() => {
            vec![DocumentTable { head: head("Choice", ["For", ""]), rows: choices(item) }]
        }
        (None, _, Some(of)) => vec![lines(item, of)],
        (None, _, None) => Vec::new(),
    }
}

/// The choices of a frequency item, then the votes for none.
pub(super) fn choices(item: &ItemFigures) -> Vec<Vec<String>> {
    let (Some(lines), Some(choices)) = (&item.lines, &item.choices) else { return Vec::new() };
    let share = |part| {
        percent(part, lines.votes_for).map_or_else(String::new, |p| format!("{p} of votes for a choice"))
    };
    let mut rows: Vec<Vec<String>> = choices
        .iter()
        .map(|choice| row(&choice.name, [votes(choice.votes_for), share(choice.votes_for)]))
        .collect();
    // Nobody can vote against a choice or withhold one.
    let others = LINE_HEADS.iter().zip(cells(lines)).skip(1);
    rows.extend(
        others
            .filter(|(head, _)| !matches!(**head, "Against" | "Withheld"))
            .map(|(head, cell)| row(head, [cell, String::new()])),
    );
    rows
}

/// The nominees of a straight election.
pub(super) fn nominees(item: &ItemFigures, nominees: &[NomineeFigures]) -> DocumentTable {
    let heads = LINE_HEADS.map(str::to_owned).into_iter().chain([String::new()]);
    let of = |nominee: &NomineeFigures| {
        row(&described(nominee), cells(&nominee.lines).into_iter().chain([standing(item, nominee)]))
    };
    let table = DocumentTable { head: row("Nominee", heads), rows: nominees.iter().map(of).collect() };
    offered(table, item)
}

/// A nominee's name, with what the notice of meeting says of it.
fn described(nominee: &NomineeFigures) -> String {
    let incumbent = nominee.incumbent.then(|| "incumbent".to_owned());
    let told: Vec<String> = incumbent.into_iter().chain(nominee.term.clone()).collect();
    if told.is_empty() { nominee.name.clone() } else { format!("{} ({})", nominee.name, told.join("; ")) }
}

/// The cumulated votes of each nominee.
pub(super) fn cumulated(
    item: &ItemFigures,
    nominees: &[NomineeFigures],
    cumulative: &CumulativeFigures,
) -> DocumentTable {
    let of = |nominee: &NomineeFigures| {
        let of = |base| percent(nominee.lines.votes_for, base).unwrap_or_default();
        let mark =
            if nominee.nominated_late { "nominated too late".to_owned() } else { standing(item, nominee) };
        let cells = [votes(nominee.lines.votes_for), of(cumulative.cast), of(cumulative.pool), mark];
        row(&described(nominee), cells)
    };
    DocumentTable {
        head: head("Nominee", ["Cumulated for", "of cast", "of pool", ""]),
        rows: nominees.iter().map(of).collect(),
    }
}

/// The lines of a cumulative election but FOR.
pub(super) fn not_for(item: &ItemFigures, nominees: &[NomineeFigures]) -> DocumentTable {
    let heads = LINE_HEADS[1..].iter().map(|head| (*head).to_owned());
    let of = |nominee: &NomineeFigures| row(&nominee.name, cells(&nominee.lines).into_iter().skip(1));
    offered(DocumentTable { head: row("Nominee", heads), rows: nominees.iter().map(of).collect() }, item)
}

/// Where the pool went.
pub(super) fn pool(cumulative: &CumulativeFigures) -> Vec<Vec<String>> {
    [
        ("cast for nominees", cumulative.cast),
        ("left unused", cumulative.unused),
        ("withheld", cumulative.withheld),
        ("void", cumulative.void),
        ("broker non-votes", cumulative.broker_non_votes),
        ("not voted", cumulative.not_voted),
        ("pool", cumulative.pool),
    ]
    .into_iter()
    .map(|(what, amount)| row(what, [votes(amount)]))
    .collect()
}

/// What proxy holders had to allocate, and to whom they gave it, in ballot order.
pub(super) fn allocation(allocation: &AllocationFigures, nominees: &[NomineeFigures]) -> Vec<Vec<String>> {
    let (listed, others) = allocation.pools.split_at(allocation.pools.len().min(POOLS_MAX));
    let mut rows: Vec<Vec<String>> = listed
        .iter()
        .map(|pool| {
            row(&format!("pools of cards that permit {}", pool.permits.join(", ")), [votes(pool.votes)])
        })
        .collect();
    if !others.is_empty() {
        let more = counted(others.len() as u64, "other set");
        let rest = others.iter().map(|pool| pool.votes).sum();
        rows.push(row(&format!("pools of {more} of names, listed in certificate.json"), [votes(rest)]));
    }
    rows.extend(nominees.iter().filter_map(|nominee| {
        let given = allocation.votes.get(&nominee.id)?;
        Some(row(&format!("given to {}", nominee.id), [votes(*given)]))
    }));
    rows
}

/// Cards by disposition.
pub(super) fn cards(certificate: &Certificate) -> DocumentTable {
    let cards = &certificate.cards;
    let counts = [
        cards.read,
        cards.counted,
        cards.counted_in_part,
        cards.superseded,
        cards.revoked,
        cards.rejected,
        cards.held,
    ];
    DocumentTable {
        head: head("", ["Read", "Counted", "In part", "Superseded", "Revoked", "Rejected", "Held"]),
        rows: vec![row("Cards", counts.map(|count| thousands(&count.to_string())))],
    }
}

/// Why cards were not plainly counted.
pub(super) fn reasons(certificate: &Certificate) -> DocumentTable {
    let reasons = certificate.reasons.iter().filter(|reason| reason.disposition != "counted");
    let rows = reasons.map(|reason| {
        let what = format!("{}: {}", reason.disposition.replace('_', " "), reason.reason.replace('_', " "));
        let claimed = reason.shares_claimed.map_or_else(|| "too many".to_owned(), shares);
        row(&what, [thousands(&reason.cards.to_string()), claimed])
    });
    DocumentTable {
        head: head("What became of them, and why", ["Cards", "Shares claimed"]),
        rows: rows.collect(),
    }
}

/// The nominees' positions against what was voted of them, in shares.
pub(super) fn reconciliation(certificate: &Certificate) -> DocumentTable {
    let has_following = certificate.reconciliation.iter().any(|node| node.proportional.is_some());
    let of = |node: &NodeFigures| {
        let name = match &node.holder {
            Some(holder) => format!("{} (from {})", node.account, holder),
            None => node.account.clone(),
        };
        let as_others = has_following.then(|| node.proportional.unwrap_or_default());
        let figures = [node.position, node.moved_on, node.by_cards, node.by_street, node.in_person];
        let figures = figures.into_iter().chain(as_others).chain([node.not_represented, node.over]);
        row(&name, figures.map(shares))
    };
    let as_others = has_following.then_some("As others");
    let names = ["Position", "Moved on", "By cards", "By totals", "In person"].into_iter();
    DocumentTable {
        head: head("Account", names.chain(as_others).chain(["Not repr.", "Over"])),
        rows: certificate.reconciliation.iter().map(of).collect(),
    }
}

/// The files with their digests, the ledger after them.
pub(super) fn inputs(certificate: &Certificate) -> DocumentTable {
    let digest = words::ledger(certificate).trim_start_matches("SHA-256 ").to_owned();
    let ledger = [String::new(), counted(certificate.ledger.rows, "row"), digest];
    let files = certificate.inputs.iter().map(|file| {
        row(file.role, [visible(&file.path).into_owned(), words::input(file), file.sha256.clone()])
    });
    DocumentTable {
        head: head("Role", ["File", "Contents", "SHA-256"]),
        rows: files.chain([row("ledger", ledger)]).collect(),
    }
}
