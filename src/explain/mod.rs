//! Why, in plain words: from the register line through every card to the votes added, each sentence
//! with its place in the files and its rule.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::amount::{Shares, Votes};
use crate::audit::attribution::{Slot, Source, attribute};
use crate::audit::fared::Fares;
use crate::audit::story;
use crate::ballot::Cell;
use crate::ballot::reading::{Line, Uncast};
use crate::certify::{Certificate, ItemFigures};
use crate::determine::{Disposition, Note, StreetCut, claimed};
use crate::load::{
    AccountId, CardId, Loaded, Manner, RulingKind, SignedState, StreetRow, StreetVote, Subject,
};
use crate::meeting::{Item, ItemKind};
use crate::render::words::{follows, item_lines};
use crate::rule::Rule;
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands, visible};
use crate::time::{Moment, show_date};

/// An explanation: sentences under heads.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The format and its version.
    pub schema: &'static str,
    /// What is explained: `card C-0042`.
    pub subject: String,
    /// Whether the result it belongs to is preliminary.
    pub status: &'static str,
    /// The parts.
    pub sections: Vec<Section>,
}

/// Sentences under a head.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// The head.
    pub title: String,
    /// The sentences.
    pub sentences: Vec<Sentence>,
}

/// A sentence with what it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct Sentence {
    /// The file and the line, as `cards.csv:12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What it says.
    pub says: String,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// The rule's source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
}

fn plain(says: impl Into<String>) -> Sentence {
    Sentence { at: None, says: says.into(), rule: None, source: None }
}

fn placed(at: String, says: impl Into<String>) -> Sentence {
    Sentence { at: Some(at), says: says.into(), rule: None, source: None }
}

fn ruled(tabulation: &Tabulation, says: impl Into<String>, rule: Rule) -> Sentence {
    let source = rule.source(&tabulation.loaded.meeting.rules);
    Sentence { at: None, says: says.into(), rule: Some(rule.id()), source: Some(source) }
}

fn section(title: impl Into<String>, sentences: Vec<Sentence>) -> Section {
    Section { title: title.into(), sentences }
}

fn shown(amount: impl ToString) -> String {
    thousands(&amount.to_string())
}

fn time_shown(loaded: &Loaded, moment: Moment) -> String {
    moment.shown(&loaded.meeting.zone, loaded.meeting.papers.dates)
}

fn explanation(certificate: &Certificate, subject: String, sections: Vec<Section>) -> Explanation {
    let sections = sections.into_iter().filter(|section| !section.sentences.is_empty()).collect();
    Explanation { schema: "quorate/explanation/1", subject, status: certificate.status, sections }
}

/// Why a card fared as it did, and what it added.
#[must_use]
pub fn card(tabulation: &Tabulation, certificate: &Certificate, id: CardId) -> Explanation {
    let cards = &tabulation.loaded.cards;
    let account = cards.get(id).account;
    let votes = votes_of(tabulation, |source| source == Source::Card(id));
    let others: Vec<Sentence> = tabulation
        .loaded
        .cards
        .ids()
        .filter(|other| *other != id && cards.get(*other).account == account)
        .map(|other| card_line(tabulation, other))
        .collect();
    let sections = vec![
        section("As the files say", as_written(tabulation, certificate, id)),
        section("What became of it", became(tabulation, id)),
        section("The votes it cast", votes),
        section("The account", account_lines(tabulation, account)),
        section("The account's other cards", others),
    ];
    explanation(certificate, format!("card {}", cards.number(id)), sections)
}

/// How an account's shares came to be voted.
#[must_use]
pub fn account(tabulation: &Tabulation, certificate: &Certificate, account: AccountId) -> Explanation {
    let cards = &tabulation.loaded.cards;
    let of_account = |id: &CardId| cards.get(*id).account == account;
    let ids: Vec<CardId> = cards.ids().filter(of_account).collect();
    let street: Vec<Sentence> = tabulation
        .loaded
        .street
        .iter()
        .enumerate()
        .filter(|(_, row)| row.account == account)
        .map(|(place, row)| street_row(tabulation, place, row))
        .collect();
    let is_of = |source: Source| match source {
        Source::Card(id) => of_account(&id),
        Source::Street(position, _) | Source::Silent(position) | Source::Following(position) => {
            tabulation.electorate.account(position) == account
        }
    };
    let mut cards_told: Vec<Sentence> = Vec::new();
    for id in ids {
        cards_told.extend(as_written(tabulation, certificate, id));
        cards_told.extend(became(tabulation, id));
    }
    let sections = vec![
        section("The register", account_lines(tabulation, account)),
        section("Revocations", revocations(tabulation, account)),
        section("Cards, in the order of the files", cards_told),
        section("Street totals", street),
        section("Votes as others do", following(tabulation, certificate, account)),
        section("The votes of the account", votes_of(tabulation, is_of)),
    ];
    let text = tabulation.loaded.accounts.text(account.0);
    explanation(certificate, format!("account {text}"), sections)
}

/// FOL-1: what of an account votes as others do, item by item.
fn following(tabulation: &Tabulation, certificate: &Certificate, account: AccountId) -> Vec<Sentence> {
    let name = tabulation.loaded.accounts.text(account.0);
    let mut sentences = Vec::new();
    for item in &certificate.items {
        let of_account = item.proportional.iter().filter(|one| one.account == name);
        let told = of_account.map(|one| format!("item {}: {}", item.id, follows(one)));
        sentences.extend(told.map(|says| ruled(tabulation, says, Rule::Following)));
    }
    sentences
}

/// A row of street totals: what it reports, and why it does not count as it stands where it does not.
fn street_row(tabulation: &Tabulation, place: usize, row: &StreetRow) -> Sentence {
    let loaded = &tabulation.loaded;
    let item = &loaded.meeting.items[row.item];
    let vote = vote_name(item, row.vote);
    let block = if row.block.is_empty() { String::new() } else { format!(", block {}", visible(&row.block)) };
    let received = row
        .received
        .map_or_else(String::new, |received| format!(", received {}", time_shown(loaded, received)));
    let mut says =
        format!("reports {} {vote} on {}{block}{received}", shown(row.shares), column(item, row.nominee));
    let street = &tabulation.determined.street;
    let of_account =
        street.iter().filter(|street| tabulation.electorate.account(street.position) == row.account);
    for street in of_account {
        if street.late.contains(&place) {
            says.push_str("; it came after the polls closed and does not count");
        }
        if street.replaced.contains(&place) {
            says.push_str("; a later delivery of the block replaces it");
        }
        let counted = street.voted.iter().filter(|voted| voted.row == place).map(|voted| voted.shares);
        match street.cut {
            _ if street.late.contains(&place) || street.replaced.contains(&place) => {}
            StreetCut::Whole => {}
            StreetCut::Cut => says.push_str(&format!("; {} of them count", shown(counted.sum::<Shares>()))),
            StreetCut::Rejected => says.push_str("; the totals are rejected, and nothing of it counts"),
            StreetCut::Held => {
                says.push_str("; the totals are held, and nothing of it counts until they are settled")
            }
        }
    }
    placed(loaded.at(row.file, row.line), says)
}

/// What a total is for, as street.csv has it.
fn vote_name(item: &Item, vote: StreetVote) -> String {
    match (vote, &item.kind) {
        (StreetVote::Choice(choice), ItemKind::Frequency(choices)) => choices[choice].id.clone(),
        (StreetVote::Choice(_), ItemKind::Election(_) | ItemKind::Proposal(_)) => String::new(),
        (StreetVote::Mark(mark), _) => mark.name().to_owned(),
    }
}

/// Whether a slot says nothing that another does not: whoever votes for a choice is on the line FOR, too.
fn is_said_by_choice(item: &Item, slot: Slot) -> bool {
    matches!(item.kind, ItemKind::Frequency(_)) && matches!(slot, Slot::Line(_, Line::For))
}

/// How an item was decided, and who decided it.
#[must_use]
pub fn item(tabulation: &Tabulation, certificate: &Certificate, place: usize) -> Explanation {
    let item = &tabulation.loaded.meeting.items[place];
    let figures: &ItemFigures = &certificate.items[place];
    let result = item_lines(certificate, figures).into_iter().map(plain).collect();
    let mut held: BTreeMap<Slot, Vec<(Source, Votes)>> = BTreeMap::new();
    attribute(tabulation, place, |source, slot, votes| {
        if !votes.is_zero() && !is_said_by_choice(item, slot) {
            held.entry(slot).or_default().push((source, votes));
        }
    });
    let largest = held
        .into_iter()
        .map(|(slot, sources)| {
            let mut sources = each_once(sources);
            let total: Votes = sources.iter().map(|(_, votes)| *votes).sum();
            let count = sources.len() as u64;
            sources.sort_unstable_by_key(|(source, votes)| (std::cmp::Reverse(*votes), *source));
            let first: Vec<String> = sources
                .iter()
                .take(10)
                .map(|(source, votes)| format!("{} {}", source_name(tabulation, *source), shown(votes)))
                .collect();
            let more = if count > 10 { format!("; and {} others", shown(count - 10)) } else { String::new() };
            plain(format!(
                "{} {} from {}: {}{more}",
                shown(total),
                slot_name(tabulation, item, slot),
                counted(count, "source"),
                first.join("; "),
            ))
        })
        .collect();
    let not_counted = tabulation
        .loaded
        .rulings
        .iter()
        .filter_map(|ruling| {
            let number = tabulation.loaded.cards.number(ruling.card()?);
            let says = match ruling.kind {
                RulingKind::RejectItem(of) if of == place => {
                    format!("card {number} is not voted on this item: {}", ruling.reason)
                }
                RulingKind::Mark { column, ruled, .. }
                    if tabulation.loaded.cards.layout.columns[column].item == place =>
                {
                    let column = &tabulation.loaded.cards.layout.columns[column];
                    let shown = tabulation.loaded.cards.markings.shown(ruled, item);
                    let shown = if shown.is_empty() { "BLANK".to_owned() } else { shown };
                    format!("card {number} is ruled to say {}={shown}: {}", column.header, ruling.reason)
                }
                RulingKind::Count
                | RulingKind::Reject
                | RulingKind::RejectItem(_)
                | RulingKind::Mark { .. }
                | RulingKind::Account(_) => return None,
            };
            Some(placed(tabulation.loaded.at(ruling.file, ruling.line), says))
        })
        .collect();
    let sections = vec![
        section("The result", result),
        section("Where the votes come from, the largest first", largest),
        section("Ruled on this item", not_counted),
    ];
    explanation(certificate, format!("item {}: {}", item.id, item.title), sections)
}

fn card_place(tabulation: &Tabulation, id: CardId) -> String {
    tabulation.loaded.cards.at(id)
}

/// The card as the file has it.
fn as_written(tabulation: &Tabulation, certificate: &Certificate, id: CardId) -> Vec<Sentence> {
    let loaded = &tabulation.loaded;
    let card = &loaded.cards.get(id);
    let kind = match card.form {
        Some(form) => format!("a proxy on form {}", loaded.meeting.forms[usize::from(form)].id),
        None => "a ballot".to_owned(),
    };
    let dated = match (card.is_ballot(), card.dated) {
        (true, _) => String::new(),
        (false, Some(dated)) => format!(", dated {}", show_date(dated, loaded.meeting.papers.dates)),
        (false, None) => ", undated".to_owned(),
    };
    let signed = match card.signed {
        SignedState::Yes => "",
        SignedState::No => ", not signed",
        SignedState::Mismatch => ", its signature looks like someone else's",
    };
    let signer = loaded
        .cards
        .signer_of(card)
        .map_or_else(String::new, |s| format!(", signed by {}", loaded.cards.signer_name(s)));
    let limit = loaded.cards.limit(card).map_or_else(
        || format!("for all {} shares", shown(claimed(&tabulation.loaded, &tabulation.electorate, card))),
        |limit| format!("for {} shares", shown(limit)),
    );
    let class = loaded
        .cards
        .class(card)
        .map_or_else(String::new, |class| format!(" of class {}", loaded.meeting.classes[class].id));
    let mut sentences = vec![placed(
        card_place(tabulation, id),
        format!(
            "card {}: {kind} of account {} by {}{dated}, received {}{signed}{signer}, {limit}{class}",
            loaded.cards.number(id),
            loaded.accounts.text(card.account.0),
            card.medium.name().replace('_', " "),
            time_shown(loaded, card.received),
        ),
    )];
    let scope = loaded.cards.scope(card);
    if !scope.is_empty() {
        let items: Vec<&str> =
            scope.iter().map(|item| loaded.meeting.items[usize::from(*item)].id.as_str()).collect();
        let word = if items.len() == 1 { "item" } else { "items" };
        let says = format!("it speaks of {word} {} only", items.join(", "));
        sentences.push(ruled(tabulation, &says, Rule::Scope));
    }
    let marks: Vec<String> = loaded
        .cards
        .layout
        .columns
        .iter()
        .zip(loaded.cards.markings.cells(card.marking))
        .filter(|(_, cell)| **cell != Cell::Blank)
        .map(|(column, cell)| {
            let shown = loaded.cards.markings.shown(*cell, &loaded.meeting.items[column.item]);
            format!("{} {shown}", column.header)
        })
        .collect();
    sentences.push(plain(if marks.is_empty() {
        "it bears no marks".to_owned()
    } else {
        format!("its marks: {}", marks.join(", "))
    }));
    if let Some(written) = loaded.aside.written.get(&id) {
        sentences.push(plain(format!("its row names account {}", loaded.accounts.text(written.0))));
    }
    let is_on = |subject: &Subject| match subject {
        Subject::Card(of) => *of == id,
        Subject::Form(form) => card.form == Some(*form),
        Subject::Revocation(_) | Subject::Street(_) | Subject::Aside { .. } => false,
    };
    for ruling in loaded.rulings.iter().filter(|ruling| is_on(&ruling.subject)) {
        let told = crate::render::words::ruling(
            &certificate.meeting,
            &crate::certify::ruling_figures(tabulation, ruling),
        );
        sentences.push(placed(loaded.at(ruling.file, ruling.line), format!("ruling: {told}")));
    }
    for note in tabulation.determined.notes(&tabulation.loaded.cards, card) {
        sentences.push(match note {
            Note::DatedAfterReceipt => ruled(
                tabulation,
                "it is dated after it was received, and taken as dated when received",
                Rule::PostDated,
            ),
            Note::InTimeByDayOnly => ruled(
                tabulation,
                "it came on the day the polls closed, without an hour, and counts as in time",
                Rule::Late,
            ),
            Note::MarksOutsideItems => {
                ruled(tabulation, "its marks on items that it does not speak of are not read", Rule::Scope)
            }
            Note::IrrevocableBallot => ruled(
                tabulation,
                "it is a ballot; that it says it is irrevocable is ignored",
                Rule::Irrevocable,
            ),
            Note::BeforeVoteByDayOnly => ruled(
                tabulation,
                "it came on the day of the proxy holders' ballot, without an hour, and counts as before it",
                Rule::AfterVote,
            ),
        });
    }
    sentences
}

fn determination(tabulation: &Tabulation, id: CardId) -> Sentence {
    let determination = tabulation.determined.determinations.get(id);
    let rule = story::rule_of(tabulation, id, determination);
    Sentence {
        at: None,
        says: format!("card {} is {}", tabulation.loaded.cards.number(id), story::told(tabulation, id)),
        rule: rule.map(Rule::id),
        source: rule.map(|rule| rule.source(&tabulation.loaded.meeting.rules)),
    }
}

/// What became of a card, and how it fared on items where that is not as it is marked.
fn became(tabulation: &Tabulation, id: CardId) -> Vec<Sentence> {
    let fares = Fares::of(tabulation);
    let on_items = fares.card(id);
    let on_items = on_items.iter().map(|one| ruled(tabulation, fares.sentence(one), one.fare.rule()));
    std::iter::once(determination(tabulation, id)).chain(on_items).collect()
}

fn card_line(tabulation: &Tabulation, id: CardId) -> Sentence {
    Sentence { at: Some(card_place(tabulation, id)), ..determination(tabulation, id) }
}

/// The account's positions and what it passed on or received.
fn account_lines(tabulation: &Tabulation, account: AccountId) -> Vec<Sentence> {
    let loaded = &tabulation.loaded;
    let name = |account: AccountId| loaded.accounts.text(account.0);
    let mut sentences = Vec::new();
    let rows = loaded.register.with_accounts().enumerate();
    for (place, (_, row)) in rows.filter(|(_, (of, _))| *of == account) {
        let class = &loaded.meeting.classes[usize::from(row.class)].name;
        let holders = loaded.register.holders.get(&place).map_or_else(String::new, |holders| {
            let names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
            format!(", held by {}", names.join(" and "))
        });
        let voting = if row.is_voting() { "" } else { ", which may not vote" };
        sentences.push(placed(
            loaded.at_record(place),
            format!(
                "account {}: {} shares of {class} at the record date, registered as {}{holders}{voting}",
                name(account),
                shown(row.shares),
                row.registration.name(),
            ),
        ));
    }
    for node in &tabulation.electorate.nodes {
        let at = || loaded.at(node.file, node.line);
        if node.holder == account {
            sentences.push(placed(
                at(),
                format!("{} shares passed on to {}", shown(node.shares), name(node.account)),
            ));
        }
        if node.account == account {
            sentences.push(placed(
                at(),
                format!("{} shares received from {}", shown(node.shares), name(node.holder)),
            ));
        }
    }
    for id in tabulation.electorate.ids_of(account) {
        let position = tabulation.electorate.get(id);
        sentences.push(plain(format!(
            "it may vote {} shares of {}, which carry {} votes",
            shown(if position.is_voting() { position.shares } else { crate::amount::Shares::ZERO }),
            loaded.meeting.classes[usize::from(position.class)].name,
            shown(tabulation.electorate.votes(id)),
        )));
    }
    if sentences.is_empty() {
        sentences.push(ruled(
            tabulation,
            format!("account {} is neither on the register nor in omnibus.csv", name(account)),
            Rule::UnknownAccount,
        ));
    }
    sentences
}

fn revocations(tabulation: &Tabulation, account: AccountId) -> Vec<Sentence> {
    let loaded = &tabulation.loaded;
    let rows = loaded.revocations.iter().filter(|row| row.account == account);
    rows.map(|row| {
        let at = loaded.at(row.file, row.line);
        let received = time_shown(loaded, row.received);
        let (says, rule) = match row.manner {
            Manner::Written => (format!("a written revocation, received {received}"), Rule::RevokedInWriting),
            Manner::Death => (
                format!("word of the holder's death or incapacity, received {received}"),
                Rule::RevokedByDeath,
            ),
            Manner::AtMeeting => {
                (format!("the holder was present and asked, {received}"), Rule::RevokedAtMeeting)
            }
        };
        Sentence { at: Some(at), ..ruled(tabulation, says, rule) }
    })
    .collect()
}

/// What each source holds, its parts together.
fn each_once(mut sources: Vec<(Source, Votes)>) -> Vec<(Source, Votes)> {
    sources.sort_unstable_by_key(|(source, _)| *source);
    sources.dedup_by(|later, first| {
        let is_same = later.0 == first.0;
        if is_same {
            first.1 += later.1;
        }
        is_same
    });
    sources
}

/// The votes of some sources on every item, slot by slot.
fn votes_of(tabulation: &Tabulation, is_of: impl Fn(Source) -> bool) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for (place, item) in tabulation.loaded.meeting.items.iter().enumerate() {
        let mut sums: BTreeMap<Slot, Votes> = BTreeMap::new();
        attribute(tabulation, place, |source, slot, votes| {
            if is_of(source) && !votes.is_zero() && !is_said_by_choice(item, slot) {
                *sums.entry(slot).or_default() += votes;
            }
        });
        for (slot, votes) in sums {
            let name = slot_name(tabulation, item, slot);
            sentences.push(plain(format!("item {}: {} {name}", item.id, shown(votes))));
        }
    }
    sentences
}

fn column(item: &Item, column: usize) -> String {
    item.election().map_or_else(
        || format!("item {}", item.id),
        |election| format!("item {}, {}", item.id, election.nominees[column].name),
    )
}

fn slot_name(tabulation: &Tabulation, item: &Item, slot: Slot) -> String {
    let nominee = |place: usize| item.election().map(|election| election.nominees[place].name.clone());
    match slot {
        Slot::Line(place, line) => {
            let what = match line {
                Line::For => "votes for",
                Line::Against => "votes against",
                Line::Abstain => "abstentions",
                Line::Withheld => "votes withheld",
                Line::BrokerNonVote => "broker non-votes",
                Line::NotVoted => "votes present and not voted",
            };
            let on = if matches!(line, Line::For | Line::Against) { "" } else { "on" };
            match (nominee(place), on) {
                (Some(name), "") => format!("{what} {name}"),
                (Some(name), on) => format!("{what} {on} {name}"),
                (None, _) => what.to_owned(),
            }
        }
        Slot::Choice(place) => match &item.kind {
            ItemKind::Frequency(choices) => format!("votes for the choice {}", choices[place].name),
            ItemKind::Election(_) | ItemKind::Proposal(_) => String::new(),
        },
        Slot::Cumulated(place) => format!("cumulated votes for {}", nominee(place).unwrap_or_default()),
        Slot::Discretion(form) => format!(
            "cumulated votes left to the proxy holders of form {}",
            tabulation.loaded.meeting.forms[usize::from(form)].id
        ),
        Slot::Uncast(uncast) => {
            let what = match uncast {
                Uncast::Withheld => "withheld",
                Uncast::Void => "void",
                Uncast::BrokerNonVote => "of broker non-votes",
                Uncast::NotVoted => "not voted",
            };
            format!("cumulated votes {what}")
        }
        Slot::Unused => "cumulated votes left unused".to_owned(),
    }
}

fn source_name(tabulation: &Tabulation, source: Source) -> String {
    let account = |position| {
        let account = tabulation.electorate.account(position);
        visible(tabulation.loaded.accounts.text(account.0)).into_owned()
    };
    match source {
        Source::Card(id) => {
            let cards = &tabulation.loaded.cards;
            let is_cut = tabulation.determined.determinations.get(id).disposition != Disposition::Counted;
            format!("card {}{}", visible(cards.number(id)), if is_cut { " (in part)" } else { "" })
        }
        Source::Street(position, Some(row)) => {
            let row = &tabulation.loaded.street[row];
            let vote = vote_name(&tabulation.loaded.meeting.items[row.item], row.vote);
            format!("totals of {} ({}, {vote})", account(position), tabulation.loaded.at(row.file, row.line))
        }
        Source::Street(position, None) => format!("totals of {}, unsaid", account(position)),
        Source::Silent(position) => format!("account {}, present", account(position)),
        Source::Following(position) => format!("account {}, which votes as others do", account(position)),
    }
}
