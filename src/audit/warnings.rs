//! Warnings that catch the known disasters of street votes: totals that do not add up across items
//! or nominees (Yahoo 2008), non-votes that cannot be, the same block twice; and of files and ids
//! that are not what they seem. A warning changes no figure and no outcome; it is on standard error, in the certificate's notes and in its data.

use crate::meeting::Mark;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::participants::Participants;
use super::{Warning, lookalikes, papers};
use crate::amount::{Shares, UNITS_PER_ONE, Votes};
use crate::ascertain::PositionId;
use crate::catalogue::WarningCode;
use crate::determine::Reason;
use crate::load::{AccountId, CardId, StreetRow, StreetVote};
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands, visible};
use crate::time::Moment;

/// Files of the folder that look as though they were meant to be read.
fn files_not_read(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    for file in &tabulation.loaded.not_read {
        let name = visible(&file.name);
        let says = match (&file.replaced, &file.nearest) {
            (Some(role), _) => {
                format!("{name} was not read: other files stand in for it as the {} file", role.name())
            }
            (None, Some(nearest)) => format!("{name} was not read; is it {}?", visible(nearest)),
            (None, None) => format!("{name} was not read: nothing names it"),
        };
        found.push(Warning { code: WarningCode::FileNotRead, account: None, says });
    }
}

/// A meeting that nobody voted at, once its polls have closed.
fn no_cards(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let loaded = &tabulation.loaded;
    if loaded.meeting.polls_close.is_some() && loaded.cards.count() == 0 && loaded.street.is_empty() {
        let says =
            "the polls have closed, and there is no row in any card file and no street total".to_owned();
        found.push(Warning { code: WarningCode::NoCards, account: None, says });
    }
}

/// Every warning of a tabulation.
#[must_use]
pub fn warnings(tabulation: &Tabulation) -> Vec<Warning> {
    let mut found = Vec::new();
    let participants = Participants::of(tabulation);
    let mut uneven = BTreeSet::new();
    let mut of_account: HashMap<AccountId, Vec<(usize, &StreetRow)>> = HashMap::new();
    for (place, row) in tabulation.loaded.street.iter().enumerate() {
        of_account.entry(row.account).or_default().push((place, row));
    }
    for street in &tabulation.determined.street {
        let account = tabulation.electorate.account(street.position);
        let gone: HashSet<usize> = street.late.iter().chain(&street.replaced).copied().collect();
        let mut rows = of_account.remove(&account).unwrap_or_default();
        rows.retain(|(place, _)| !gone.contains(place));
        let told = participants.told(account);
        if uneven_totals(tabulation, (street.position, &told), &rows, &mut found) {
            uneven.insert(street.position);
        }
        same_block(tabulation, (account, &told), &rows, &mut found);
        split_delivery(tabulation, (account, &told), &street.replaced, &rows, &mut found);
    }
    uneven_non_votes(tabulation, &uneven, &mut found);
    non_votes_without_routine(tabulation, &mut found);
    files_of_strangers(tabulation, &mut found);
    super::matters::warn(tabulation, &mut found);
    files_not_read(tabulation, &mut found);
    no_cards(tabulation, &mut found);
    lookalikes::warn(tabulation, &mut found);
    papers::warn(tabulation, &mut found);
    found
}

/// A file of cards none of which is of a known account may be of another meeting.
fn files_of_strangers(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let cards = &tabulation.loaded.cards;
    let is_stranger =
        |id: &CardId| tabulation.determined.determinations.get(*id).reason == Reason::UnknownAccount;
    if !tabulation.determined.sums.has(|_, reason| reason == Reason::UnknownAccount) {
        return;
    }
    let mut of_file: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (file, ids) in cards.runs() {
        let (count, has_known) = of_file.entry(file).or_default();
        *count += ids.len();
        *has_known |= ids.into_iter().any(|id| !is_stranger(&CardId(id)));
    }
    for (file, (count, _)) in of_file.into_iter().filter(|(_, (_, has_known))| !has_known) {
        let whose = if count == 1 { "the only card is not" } else { "not one of the cards is" };
        found.push(Warning {
            code: WarningCode::CardsOfNoAccount,
            account: None,
            says: format!(
                "{}: {whose} of an account on the register or in omnibus.csv ({}); is the file of another meeting?",
                visible(file),
                counted(count as u64, "card"),
            ),
        });
    }
}

fn name(tabulation: &Tabulation, account: AccountId) -> String {
    visible(tabulation.loaded.accounts.text(account.0)).into_owned()
}

fn shown(shares: Shares) -> String {
    thousands(&shares.to_string())
}

/// A column of an item: `2`, or `1.bell`.
fn column_name(tabulation: &Tabulation, item: usize, nominee: usize) -> String {
    let item = &tabulation.loaded.meeting.items[item];
    match item.election() {
        Some(election) => format!("{}.{}", item.id, election.nominees[nominee].id),
        None => item.id.clone(),
    }
}

/// What a participant reports on a column of an item.
#[derive(Debug, Default, Clone, Copy)]
struct ColumnTotal {
    item: usize,
    nominee: usize,
    /// In all.
    total: Shares,
    non_votes: Shares,
}

/// What a participant reports, column by column, of the items on which it votes; a column that it leaves out is one
/// on which it reports nothing.
fn column_totals(
    tabulation: &Tabulation,
    position: PositionId,
    rows: &[(usize, &StreetRow)],
) -> Vec<ColumnTotal> {
    let meeting = &tabulation.loaded.meeting;
    let mut totals: BTreeMap<(usize, usize), ColumnTotal> = BTreeMap::new();
    for (item, of) in meeting.items.iter().enumerate() {
        if !of.is_withdrawn && tabulation.context().votes_on(position, item) {
            // A nominee from the floor is on no form that brokers sent out.
            let is_listed = |nominee: &usize| {
                of.election().is_none_or(|election| election.nominees[*nominee].nominated.is_none())
            };
            for nominee in (0..of.column_count()).filter(is_listed) {
                totals.insert((item, nominee), ColumnTotal { item, nominee, ..ColumnTotal::default() });
            }
        }
    }
    for (_, row) in rows {
        let (item, nominee) = (row.item, row.nominee);
        let none = ColumnTotal { item, nominee, ..ColumnTotal::default() };
        let of = totals.entry((item, nominee)).or_insert(none);
        of.total = of.total.checked_add(row.shares).unwrap_or(of.total);
        if row.vote == StreetVote::Mark(Mark::BrokerNonVote) {
            of.non_votes = of.non_votes.checked_add(row.shares).unwrap_or(of.non_votes);
        }
    }
    totals.into_values().collect()
}

/// A participant's totals must be the same on every item and nominee, but for its non-votes: one message says what
/// is missing, and where. Returns whether it was told.
fn uneven_totals(
    tabulation: &Tabulation,
    (position, told): (PositionId, &str),
    rows: &[(usize, &StreetRow)],
    found: &mut Vec<Warning>,
) -> bool {
    let totals = column_totals(tabulation, position, rows);
    let most = totals.iter().map(|of| of.total).max().unwrap_or_default();
    let non_votes = totals.iter().map(|of| of.non_votes).max().unwrap_or_default();
    let short: Vec<&ColumnTotal> =
        totals.iter().filter(|of| most.saturating_sub(of.total) > non_votes).collect();
    if short.is_empty() {
        return false;
    }
    let mut by_total: BTreeMap<Shares, Vec<String>> = BTreeMap::new();
    for of in &short {
        by_total.entry(of.total).or_default().push(column_name(tabulation, of.item, of.nominee));
    }
    let missing: Vec<String> = by_total
        .iter()
        .map(|(total, columns)| {
            let reported = if total.is_zero() { "nothing".to_owned() } else { shown(*total) };
            let columns: Vec<_> = columns.iter().map(|column| visible(column)).collect();
            format!("{reported} on {} ({} less)", columns.join(", "), shown(most.saturating_sub(*total)))
        })
        .collect();
    let lost = lost_digits(&short, most, rows);
    let hint = lost.map_or_else(String::new, |(row, missing)| {
        format!(
            "; its total {} on line {} may have lost its leading digits ({} would make it up)",
            shown(row.shares),
            row.line,
            shown(row.shares + missing),
        )
    });
    found.push(Warning {
        code: if lost.is_some() { WarningCode::StreetLostDigits } else { WarningCode::StreetTotalsDiffer },
        account: Some(name(tabulation, tabulation.electorate.account(position))),
        says: format!(
            "participant {told} reports {} and {} elsewhere, which its non-votes ({}) do not explain{hint}",
            missing.join(", "),
            shown(most),
            shown(non_votes),
        ),
    });
    true
}

/// A row that looks as though digits were cut off before its total. Where another item is short, too, or gives the
/// same total for the same vote, it shows otherwise.
fn lost_digits<'r>(
    short: &[&ColumnTotal],
    most: Shares,
    rows: &[(usize, &'r StreetRow)],
) -> Option<(&'r StreetRow, Shares)> {
    let first = short.first()?;
    if short.iter().any(|of| of.item != first.item) {
        return None;
    }
    let is_elsewhere = |row: &StreetRow| {
        let same = |(_, other): &(usize, &StreetRow)| {
            other.item != row.item && other.vote == row.vote && other.shares == row.shares
        };
        rows.iter().any(same)
    };
    short.iter().find_map(|of| {
        let missing = most.saturating_sub(of.total);
        let of_column = rows.iter().filter(|(_, row)| (row.item, row.nominee) == (of.item, of.nominee));
        let mut lost =
            of_column.filter(|(_, row)| has_lost_digits(row.shares, missing) && !is_elsewhere(row));
        lost.next().map(|(_, row)| (*row, missing))
    })
}

/// Whether what is missing is digits cut off before a total: a multiple of a power of ten above it.
fn has_lost_digits(shares: Shares, missing: Shares) -> bool {
    let mut power = UNITS_PER_ONE;
    while power <= shares.units() && power < u128::MAX / 10 {
        power *= 10;
    }
    power >= 1000 * UNITS_PER_ONE && missing.units().is_multiple_of(power)
}

/// The same rows under two block names would count twice.
fn same_block(
    tabulation: &Tabulation,
    (account, told): (AccountId, &str),
    rows: &[(usize, &StreetRow)],
    found: &mut Vec<Warning>,
) {
    type Content = Vec<(usize, usize, String, Shares)>;
    let mut blocks: BTreeMap<&str, Content> = BTreeMap::new();
    for (_, row) in rows.iter().filter(|(_, row)| !row.block.is_empty()) {
        let vote = format!("{:?}", row.vote);
        blocks.entry(&row.block).or_default().push((row.item, row.nominee, vote, row.shares));
    }
    let mut seen: BTreeMap<Content, &str> = BTreeMap::new();
    for (block, mut content) in blocks {
        content.sort();
        if let Some(first) = seen.get(&content) {
            found.push(Warning {
                code: WarningCode::StreetSameBlock,
                account: Some(name(tabulation, account)),
                says: format!(
                    "blocks {} and {} of participant {told} hold the same totals; the same block may have \
                     been delivered under two names",
                    visible(first),
                    visible(block),
                ),
            });
        }
        seen.entry(content).or_insert(block);
    }
}

/// Rows of a block with the same receipt that other rows of the file interrupt are two deliveries, and one of them
/// does not count: seldom what was meant.
fn split_delivery(
    tabulation: &Tabulation,
    (account, told): (AccountId, &str),
    replaced: &[usize],
    rows: &[(usize, &StreetRow)],
    found: &mut Vec<Warning>,
) {
    if replaced.is_empty() {
        return;
    }
    let street = &tabulation.loaded.street;
    fn delivery(row: &StreetRow) -> (&str, Option<Moment>) {
        (&row.block, row.received)
    }
    let standing: BTreeSet<(&str, Option<Moment>)> = rows.iter().map(|(_, row)| delivery(row)).collect();
    if let Some(place) = replaced.iter().find(|place| standing.contains(&delivery(&street[**place]))) {
        found.push(Warning {
            code: WarningCode::StreetSplitDelivery,
            account: Some(name(tabulation, account)),
            says: format!(
                "line {} of block {} of participant {told} does not count beside other lines of the block with the same \
                 `received`, because other rows stand between them; rows of one delivery must follow each other",
                street[*place].line,
                visible(&street[*place].block),
            ),
        });
    }
}

/// Broker non-votes per column of every non-routine item.
fn non_votes(tabulation: &Tabulation) -> Vec<(String, Votes)> {
    let meeting = &tabulation.loaded.meeting;
    let mut columns = Vec::new();
    for (place, item) in meeting.items.iter().enumerate().filter(|(_, item)| item.is_routine == Some(false)) {
        for column in 0..item.column_count() {
            let lines = tabulation.count.items[place].lines(column, |_| true);
            columns.push((column_name(tabulation, place, column), lines.broker_non_votes));
        }
    }
    columns
}

/// The same without those of some participants, where any is told of.
fn non_votes_of_others(tabulation: &Tabulation, without: &BTreeSet<PositionId>) -> Vec<Votes> {
    let meeting = &tabulation.loaded.meeting;
    let told = || tabulation.determined.street.iter().filter(|street| without.contains(&street.position));
    let mut columns = Vec::new();
    for (place, item) in meeting.items.iter().enumerate().filter(|(_, item)| item.is_routine == Some(false)) {
        for column in 0..item.column_count() {
            let all = tabulation.count.items[place].lines(column, |_| true).broker_non_votes;
            let rows = told().flat_map(|street| &street.voted);
            let of_told = rows.filter(|row| {
                (row.item, row.nominee) == (place, column)
                    && row.vote == StreetVote::Mark(Mark::BrokerNonVote)
            });
            columns.push(all.saturating_sub(of_told.map(|row| row.votes).sum()));
        }
    }
    columns
}

/// The uninstructed shares are the same on every non-routine item: so are their non-votes. What participants leave
/// out who were told of already is told once.
fn uneven_non_votes(tabulation: &Tabulation, uneven: &BTreeSet<PositionId>, found: &mut Vec<Warning>) {
    let columns = non_votes(tabulation);
    let others = non_votes_of_others(tabulation, uneven);
    if others.iter().all(|votes| Some(votes) == others.first()) {
        return;
    }
    let most = columns.iter().max_by_key(|(_, votes)| *votes);
    let least = columns.iter().min_by_key(|(_, votes)| *votes);
    if let (Some((most_at, most)), Some((least_at, least))) = (most, least)
        && most != least
    {
        let shown = |votes: &Votes| thousands(&votes.to_string());
        found.push(Warning {
            code: WarningCode::NonVotesDiffer,
            account: None,
            says: format!(
                "broker non-votes differ between non-routine items: {} on {} and {} on {}",
                shown(most),
                visible(most_at),
                shown(least),
                visible(least_at),
            ),
        });
    }
}

/// Without a routine item a broker cannot be present on uninstructed shares (NYSE Rule 452).
fn non_votes_without_routine(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let meeting = &tabulation.loaded.meeting;
    let all_non_routine = meeting.items.iter().all(|item| item.is_routine == Some(false));
    let has_non_votes = non_votes(tabulation).iter().any(|(_, votes)| !votes.is_zero());
    if all_non_routine && has_non_votes {
        found.push(Warning {
            code: WarningCode::NonVotesWithoutRoutineItem,
            account: None,
            says:
                "broker non-votes are reported, but no item is routine, so brokers could not be present on \
                   uninstructed shares"
                    .to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_cut_off_before_a_total_are_recognised() {
        // FOR 200,123,456 printed in eight digits is 00123456: 200,000,000 are missing.
        assert!(has_lost_digits(Shares::whole(123_456), Shares::whole(200_000_000)));
        assert!(!has_lost_digits(Shares::whole(123_456), Shares::whole(200_000_001)));
        assert!(!has_lost_digits(Shares::whole(5), Shares::whole(10)));
    }
}
