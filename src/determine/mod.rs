//! Determine: which cards stand, and for how many shares (8 Del. C. § 231(b)(2);
//! Cal. Corp. Code § 707(b)).
//!
//! Receives the electorate and the cards, hands on who votes how many shares by which card. Every
//! card gets exactly one determination. A bad card never stops the run; nothing here can fail.

mod allocate;
mod by_account;
mod coverage;
mod determinations;
mod disposition;
mod effects;
mod following;
mod joint;
mod largest;
mod nominee;
mod order;
mod revoked;
mod ruled;
mod scope;
mod street;
mod validity;
mod voted;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

use crate::amount::{Shares, Votes};
use crate::ascertain::{Electorate, Holding, PositionId};
use crate::ballot::MarkingId;
use crate::ballot::reading::{ItemReading, MarkReader, MarkSetting};
use crate::load::{AccountId, Card, CardId, Cards, Loaded, Manner, Ruling};
use crate::meeting::{JointHolders, Meeting, Overvote, Rules};
use crate::parallel::each;
use crate::time::Moment;

use by_account::ByAccount;
use coverage::CoverageChunk;
pub(crate) use coverage::CoveragePart;
pub use coverage::{Cover, Coverage};
pub use determinations::{DeterminationSums, Determinations};
pub use disposition::{Cause, Determination, Disposition, Reason};
pub use effects::{CardState, TotalsState, WithoutRulings};
pub(crate) use effects::{state_of, without_rulings};
pub use following::FollowingPosition;
pub use joint::{ItemPart, JointOutcome, JointPosition};
pub(crate) use largest::{Exception, Largest};
use ruled::Verdict;
pub use street::{StreetCut, StreetPosition, StreetVoted};
pub use validity::Note;
pub(crate) use validity::effective_date;

/// Shares present in person without a card that covers them.
#[derive(Debug, Clone)]
pub struct InPerson {
    /// Of which position.
    pub position: PositionId,
    /// How many shares.
    pub shares: Shares,
    /// Their votes.
    pub votes: Votes,
    /// Whether a ballot limited to some of the shares shows it, and no request at the meeting.
    pub is_by_ballot: bool,
}

/// A nominee's position whose blocks come to more.
#[derive(Debug, Clone)]
pub struct Overvoted {
    /// Which position.
    pub position: PositionId,
    /// What the blocks ask for together.
    pub asked: Shares,
    /// What there is for them.
    pub room: Shares,
}

/// The cards that stand, and what became of the others.
#[derive(Debug, Default)]
pub struct Determined {
    /// Per disposition and reason, the cards and the shares they claim.
    pub sums: DeterminationSums,
    /// Per card, its determination.
    pub determinations: Determinations,
    /// The largest cards that are not plainly counted.
    pub(crate) largest: Largest,
    /// Shares that cards cover, but for joint positions.
    pub coverage: Coverage,
    /// Joint positions on which a card stands.
    pub joint: Vec<JointPosition>,
    /// Shares of holders present in person.
    pub in_person: Vec<InPerson>,
    /// Nominees' positions whose blocks come to more.
    pub overvotes: Vec<Overvoted>,
    /// Positions with street totals.
    pub street: Vec<StreetPosition>,
    /// Positions of which the rest votes as others do.
    pub following: Vec<FollowingPosition>,
    /// What cards that are counted in part vote, by card.
    in_part: Vec<(CardId, Shares)>,
    /// Whether a card that is counted votes more than it claims.
    has_beyond: bool,
    /// Per card, items that the inspector ruled out, by place.
    pub ruled_out_items: HashMap<CardId, Vec<usize>>,
    /// Cards that are of another account here than in the meeting as it was held.
    moved: HashMap<CardId, AccountId>,
    /// When the polls closed, or were taken to close.
    pub cutoff: Option<Moment>,
    /// Forms whose proxy holders are taken to cast no ballot, by place.
    pub(crate) silent_forms: Vec<u16>,
    /// When the proxy holders' ballots were cast, of those that bind.
    votes_cast: voted::VotesCast,
}

/// The shares that a card claims: its limit, or its account's positions.
#[must_use]
pub fn claimed(loaded: &Loaded, electorate: &Electorate, card: &Card) -> Shares {
    let class = loaded.cards.class(card);
    loaded.cards.limit(card).unwrap_or_else(|| {
        let positions = electorate.of(card.account).iter();
        positions
            .filter(|position| class.is_none_or(|class| class == usize::from(position.class)))
            .filter(|position| position.is_voting())
            .map(|position| position.shares)
            .sum()
    })
}

/// What determining needs: everything ascertained, and the polls' close.
pub struct Scenario<'a> {
    /// Everything read.
    pub loaded: &'a Loaded,
    /// Who may vote.
    pub electorate: &'a Electorate,
    /// As though the polls closed then.
    pub as_of: Option<Moment>,
    /// The rules in effect: the meeting's, or others to compare with.
    pub rules: &'a Rules,
    /// The inspector's rulings, with any that are tried out.
    pub rulings: &'a [Ruling],
    /// Forms whose proxy holders are taken to cast no ballot, by place.
    pub silent_forms: &'a [u16],
    /// Blocks held by `overvote` that are taken to count as far as there is room.
    pub released_blocks: &'a [CardId],
    /// A card taken to stand, before every other of its account.
    pub reversed: Option<CardId>,
    /// Accounts whose street totals, held by `overvote`, are taken to count in part or be rejected.
    pub settled_totals: &'a [(AccountId, StreetCut)],
    /// An account whose blocks and totals are taken to be cut by another rule than the meeting's.
    pub overvote_of: Option<(AccountId, Overvote)>,
    /// Only these accounts, each with all its cards, in the order of the accounts; nothing: all. Their
    /// votes add to those of all others.
    pub only: Option<&'a [(AccountId, Vec<CardId>)]>,
}

impl<'a> Scenario<'a> {
    /// The meeting as it was held.
    #[must_use]
    pub fn as_held(loaded: &'a Loaded, electorate: &'a Electorate, as_of: Option<Moment>) -> Self {
        Self {
            loaded,
            electorate,
            as_of,
            rules: &loaded.meeting.rules,
            rulings: &loaded.rulings,
            silent_forms: &[],
            released_blocks: &[],
            reversed: None,
            settled_totals: &[],
            overvote_of: None,
            only: None,
        }
    }
}

/// Determines which cards stand.
#[must_use]
pub fn determine(scenario: &Scenario<'_>) -> Determined {
    let determiner = Determiner::new(scenario);
    let loaded = scenario.loaded;
    let determinations = Determinations::new(loaded.cards.count());
    let mut determined = Determined {
        ruled_out_items: determiner.rulings.out_of_items.clone(),
        moved: determiner.moved.clone(),
        cutoff: determiner.cutoff,
        silent_forms: scenario.silent_forms.to_vec(),
        votes_cast: determiner.votes_cast.clone(),
        coverage: Coverage::of_positions(Arc::clone(&scenario.electorate.positions)),
        ..Determined::default()
    };
    if let Some(only) = scenario.only {
        determined.append(&loaded.cards, determiner.only(only, &determinations));
        determined.conclude(determinations);
        let is_wanted = |account| only.binary_search_by_key(&account, |(only, _)| *only).is_ok();
        street::apply(&determiner, &mut determined, is_wanted);
        following::apply(&determiner, &mut determined, is_wanted);
        return determined;
    }
    let by_account = ByAccount::of(loaded);
    let moved_in = determiner.moved_to(|account| account.place() >= loaded.known_accounts);
    let unknown = by_account.unknown().filter(|id| !determiner.moved.contains_key(id));
    for id in unknown.chain(moved_in) {
        let determination = determiner.unknown_account(id);
        let claimed = determiner.claimed(id);
        determinations.set(id, determination);
        determined.sums.add(determination, claimed);
        determined.largest.add(&loaded.cards, claimed, id);
    }
    // An account's cards are determined together and apart from those of all others.
    each(loaded.threads, &by_account.ranges(loaded.threads), |groups| {
        determiner.accounts(&by_account, groups, &determinations)
    })
    .into_iter()
    .for_each(|part| determined.append(&loaded.cards, part));
    determined.conclude(determinations);
    street::apply(&determiner, &mut determined, |_| true);
    following::apply(&determiner, &mut determined, |_| true);
    determined
}

/// What some accounts' cards come to, in the order of the accounts.
#[derive(Debug, Default)]
struct Found {
    sums: DeterminationSums,
    largest: Largest,
    coverage: CoverageChunk,
    joint: Vec<JointPosition>,
    in_person: Vec<InPerson>,
    overvotes: Vec<Overvoted>,
    in_part: Vec<(CardId, Shares)>,
}

/// The meeting's rules and rulings, ready to be applied account by account.
pub(crate) struct Determiner<'a> {
    pub(crate) loaded: &'a Loaded,
    pub(crate) meeting: &'a Meeting,
    pub(crate) electorate: &'a Electorate,
    pub(crate) rules: &'a Rules,
    pub(crate) silent_forms: &'a [u16],
    released_blocks: &'a [CardId],
    reversed: Option<CardId>,
    settled_totals: &'a [(AccountId, StreetCut)],
    overvote_of: Option<(AccountId, Overvote)>,
    pub(crate) cutoff: Option<Moment>,
    /// The same item by item.
    closes: scope::Closes,
    /// Whether any card speaks of some items only.
    has_scopes: bool,
    /// As though the polls closed then.
    as_of: Option<Moment>,
    /// When the proxy holders' ballots were cast.
    votes_cast: voted::VotesCast,
    /// The first date of a proxy that is still valid.
    valid_from: Date,
    pub(crate) revocations: HashMap<AccountId, Vec<u32>>,
    /// The same in the order in which they count.
    revocation_order: HashMap<AccountId, revoked::RevocationOrder>,
    rulings: ruled::Rulings,
    /// Cards that are of another account here than in the meeting as it was held.
    moved: HashMap<CardId, AccountId>,
}

/// A card that passed the tests, on its way to a position.
#[derive(Debug, Clone)]
pub(crate) struct StandingCard {
    pub(crate) id: CardId,
    pub(crate) key: order::OrderKey,
    pub(crate) hold: Option<Reason>,
    /// What it asks for here, where that is not its limit or the whole position.
    pub(crate) claim: Option<Shares>,
}

/// What is needed again for every account.
#[derive(Default)]
struct Scratch {
    standing: Vec<StandingCard>,
    allotments: Vec<Allotment>,
    merged: Vec<(CardId, Determination)>,
    held: Vec<CardId>,
}

/// The papers of an account that passed the tests, and what is known of them.
struct Papers<'s> {
    /// Newest first.
    standing: &'s [StandingCard],
    /// Those that are held in another class.
    silenced: &'s [CardId],
    /// What some of them hold for good.
    voted: &'s [voted::Voted],
    /// Whether the holder is present.
    is_present: bool,
}

/// What a card got of one position.
#[derive(Debug, Clone)]
pub(crate) struct Allotment {
    pub(crate) id: CardId,
    pub(crate) determination: Determination,
    pub(crate) shares: Shares,
    pub(crate) is_not_voted: bool,
    /// Whether another card that nothing orders claims the same shares.
    pub(crate) in_dispute: bool,
}

/// The shares that some allotments vote.
fn voted_shares<'t>(allotments: impl Iterator<Item = &'t Allotment>) -> Shares {
    allotments.filter(|allotment| !allotment.is_not_voted).map(|allotment| allotment.shares).sum()
}

/// What each card is allotted of all positions, sorted by card.
fn of_cards(allotments: &[Allotment]) -> impl Iterator<Item = &[Allotment]> {
    allotments.chunk_by(|a, b| a.id == b.id)
}

impl<'a> Determiner<'a> {
    fn new(scenario: &Scenario<'a>) -> Self {
        let loaded = scenario.loaded;
        let meeting = &loaded.meeting;
        let closes = scope::Closes::of(meeting, scenario.as_of);
        let cutoff = closes.last;
        let rulings = ruled::Rulings::of(scenario);
        let mut revocations: HashMap<AccountId, Vec<u32>> = HashMap::new();
        for (place, revocation) in (0_u32..).zip(&loaded.revocations) {
            // A revocation received after the polls closed does nothing, unless it is ruled to count; none does
            // before it has come.
            let is_late = |close: &Moment| revocation.received.is_after_close(close);
            let stands = match rulings.on_revocation(place) {
                Some(Verdict::Reject) => false,
                Some(Verdict::Count) => !scenario.as_of.as_ref().is_some_and(is_late),
                None => !cutoff.as_ref().is_some_and(is_late),
            };
            if stands {
                revocations.entry(revocation.account).or_default().push(place);
            }
        }
        let of_account = |(account, places): (&AccountId, &Vec<u32>)| {
            let rows = places.iter().map(|place| {
                let is_waived = rulings.on_revocation(*place) == Some(Verdict::Count);
                (*place, &loaded.revocations[*place as usize], is_waived)
            });
            (*account, revoked::RevocationOrder::of(rows))
        };
        let revocation_order = revocations.iter().map(of_account).collect();
        Self {
            loaded,
            meeting,
            electorate: scenario.electorate,
            rules: scenario.rules,
            silent_forms: scenario.silent_forms,
            released_blocks: scenario.released_blocks,
            reversed: scenario.reversed,
            settled_totals: scenario.settled_totals,
            overvote_of: scenario.overvote_of,
            cutoff,
            closes,
            has_scopes: loaded.cards.has_scopes(),
            as_of: scenario.as_of,
            votes_cast: voted::VotesCast::of(meeting, scenario.rules.revocable_until, cutoff),
            valid_from: validity::valid_from(meeting, scenario.rules.proxy_valid_months),
            revocations,
            revocation_order,
            moved: ruled::moved(scenario),
            rulings,
        }
    }

    /// Determines the cards of some groups of accounts.
    fn accounts(
        &self,
        by_account: &ByAccount,
        groups: &Range<usize>,
        determinations: &Determinations,
    ) -> Found {
        let mut found = Found::default();
        found.coverage.reserve_exact(by_account.card_count(groups));
        let mut scratch = Scratch::default();
        for group in groups.clone() {
            let group = by_account.group(self.loaded, group);
            for (place, ids) in group.accounts() {
                let account = AccountId(u32::try_from(place).unwrap_or(u32::MAX));
                let of_scenario = self.with_moved(account, ids);
                let ids = of_scenario.as_deref().unwrap_or(ids);
                if !ids.is_empty() || self.revocations.contains_key(&account) {
                    self.account(account, ids, &mut scratch, determinations, &mut found);
                }
            }
        }
        // Where accounts sent many cards, most take nothing.
        found.coverage.give_back();
        found
    }

    /// Determines the cards of a few accounts.
    fn only(&self, accounts: &[(AccountId, Vec<CardId>)], determinations: &Determinations) -> Found {
        let mut found = Found::default();
        let mut scratch = Scratch::default();
        let is_known = |account: AccountId| account.place() < self.loaded.known_accounts;
        for (account, ids) in accounts {
            // A card that may yet be ruled to be of the account is of none until then.
            let unknown = ids.iter().filter(|id| !is_known(self.card(**id).account));
            unknown.for_each(|id| determinations.set(*id, self.unknown_account(*id)));
            if is_known(*account) {
                let own = ids.iter().copied().filter(|id| self.card(*id).account == *account);
                let own: Vec<CardId> = own.collect();
                self.account(*account, &own, &mut scratch, determinations, &mut found);
            }
        }
        found
    }

    /// Determines the cards of one account.
    fn account(
        &self,
        account: AccountId,
        ids: &[CardId],
        scratch: &mut Scratch,
        determinations: &Determinations,
        found: &mut Found,
    ) {
        if self.speak_apart(account, ids) {
            self.account_by_items(account, ids, scratch, determinations, found);
            return;
        }
        let first = self.ruled_first(account, ids, None, scratch);
        scratch.standing.clear();
        for id in ids {
            match self.examine(*id, &first) {
                validity::Examined::Stands(card) => scratch.standing.push(card),
                validity::Examined::Falls(determination) => {
                    self.conclude(*id, determination, determinations, found)
                }
            }
        }
        if let [only] = scratch.standing.as_slice()
            && let Some(position) = self.only_position_of(account, only)
        {
            // Nothing to order, to cut or to merge.
            let whole = self.electorate.get(position).shares;
            self.take(only.id, position, (Shares::ZERO, whole), false, found);
            self.conclude_claim(only.id, Determination::COUNTED, whole, determinations, found);
            return;
        }
        self.settle(account, (ids, &first), scratch, found);
        let Scratch { allotments, merged, .. } = scratch;
        for ((id, determination), allotments) in merged.iter().zip(of_cards(allotments)) {
            self.conclude(*id, *determination, determinations, found);
            if self.is_other_than_claimed(*id, *determination, allotments) {
                found.in_part.push((*id, voted_shares(allotments.iter())));
            }
        }
    }

    /// Whether a card votes other shares than it claims: fewer, or more.
    fn is_other_than_claimed(
        &self,
        id: CardId,
        determination: Determination,
        allotments: &[Allotment],
    ) -> bool {
        match determination.disposition {
            Disposition::CountedInPart => true,
            // JNT-5: ruled to count, a joint holder's card for a part speaks for all; VAL-10: one that names no class
            // for its shares of each.
            Disposition::Counted => {
                let limit = self.limit(id);
                limit.is_some() && Some(voted_shares(allotments.iter())) != limit
            }
            Disposition::Superseded | Disposition::Revoked | Disposition::Rejected | Disposition::Held => {
                false
            }
        }
    }

    /// Gives the account's standing cards what they get of its positions, and merges what each comes to.
    fn settle(
        &self,
        account: AccountId,
        ids_and_first: (&[CardId], &[CardId]),
        scratch: &mut Scratch,
        found: &mut Found,
    ) {
        self.settle_present(account, ids_and_first, self.is_in_person(account), scratch, found);
    }

    /// The same where the holder is present in person or not.
    fn settle_present(
        &self,
        account: AccountId,
        (ids, first): (&[CardId], &[CardId]),
        is_present: bool,
        scratch: &mut Scratch,
        found: &mut Found,
    ) {
        let Scratch { standing, allotments, merged, held } = scratch;
        self.sort_newest_first(standing);
        let voted = self.voted(account, (ids, first), standing);
        let before =
            (found.coverage.count(), found.joint.len(), found.in_person.len(), found.overvotes.len());
        let mut silenced: Vec<CardId> = Vec::new();
        loop {
            allotments.clear();
            let papers = Papers { standing, silenced: &silenced, voted: &voted, is_present };
            self.positions(account, &papers, allotments, found);
            merged.clear();
            self.merge_all(allotments, merged);
            held.clear();
            let is_held = |determination: Determination| {
                determination.disposition == Disposition::Held
                    && determination.reason != Reason::JointConflict
            };
            held.extend(
                merged.iter().filter(|(_, determination)| is_held(*determination)).map(|(id, _)| *id),
            );
            if held.is_empty() {
                break;
            }
            // A held card's shares are present and not voted, in its other classes too. A nominee may have sent
            // hundreds of thousands; they are in their order.
            let is_silenced = |id: &CardId| held.binary_search(id).is_ok();
            let joint = found.joint[before.1..].iter().flat_map(|joint| &joint.cards);
            let more: Vec<CardId> = joint.filter(|id| is_silenced(id)).copied().collect();
            found.coverage.mark_not_voted_from(before.0, |id| is_silenced(&id));
            if more.is_empty() {
                break;
            }
            silenced.extend(more);
            found.coverage.truncate(before.0);
            found.joint.truncate(before.1);
            found.in_person.truncate(before.2);
            found.overvotes.truncate(before.3);
        }
    }

    /// RUL-6: cards that are ruled to count and would else be revoked or superseded: they stand before all others.
    /// What would be rejected or held is only freed of that and keeps its place. So does what a card displaces that
    /// stands under the same ruling on their form: it says of neither that the holder meant the older. Revocations
    /// are those that had come by some time. Returned by number.
    fn ruled_first(
        &self,
        account: AccountId,
        ids: &[CardId],
        as_of: Option<Moment>,
        scratch: &mut Scratch,
    ) -> Vec<CardId> {
        let is_candidate = |id: CardId| {
            let card = &self.card(id);
            self.rulings.counts(id, card) && self.waivable(card).is_ok()
        };
        if !self.rulings.has_counts() || !ids.iter().any(|id| is_candidate(*id)) {
            return Vec::new();
        }
        let mut first = Vec::new();
        scratch.standing.clear();
        for id in ids {
            match self.examine_as_of(*id, &[], as_of) {
                validity::Examined::Stands(card) => scratch.standing.push(card),
                validity::Examined::Falls(determination)
                    if determination.disposition == Disposition::Revoked =>
                {
                    first.push(*id)
                }
                validity::Examined::Falls(_) => {}
            }
        }
        self.settle(account, (ids, &[]), scratch, &mut Found::default());
        let ruling = |id: CardId| self.rulings.on_card(id, &self.card(id)).map(|(_, place)| place);
        let is_displaced = |id: CardId, determination: &Determination| {
            let is_by_its_like =
                matches!(determination.cause, Some(Cause::Card(taker)) if ruling(taker) == ruling(id));
            determination.disposition == Disposition::Superseded && !is_by_its_like
        };
        let displaced = scratch.merged.iter().filter(|(id, determination)| is_displaced(*id, determination));
        first.extend(displaced.map(|(id, _)| *id));
        first.retain(|id| is_candidate(*id));
        first.sort_unstable();
        first
    }

    /// The account's only position, where one holder has it and this is the only card left standing, not
    /// held, not limited, and with no ruling on an item: the card takes all of it. So it is with most accounts.
    fn only_position_of(&self, account: AccountId, card: &StandingCard) -> Option<PositionId> {
        let mut positions = self.electorate.ids_of(account);
        let only = positions.next().filter(|_| positions.next().is_none())?;
        let is_plain = card.hold.is_none()
            && self.electorate.get(only).holding() == Holding::Single
            && self.limit(card.id).is_none()
            && !self.rulings.out_of_items.contains_key(&card.id);
        // It has shares that may vote and are of the card's class, else the card would not stand.
        is_plain.then_some(only)
    }

    /// What became of a card is settled.
    fn conclude(
        &self,
        id: CardId,
        determination: Determination,
        determinations: &Determinations,
        found: &mut Found,
    ) {
        self.conclude_claim(id, determination, self.claimed(id), determinations, found);
    }

    /// What became of a card that claims so much is settled.
    fn conclude_claim(
        &self,
        id: CardId,
        determination: Determination,
        claimed: Shares,
        determinations: &Determinations,
        found: &mut Found,
    ) {
        found.sums.add(determination, claimed);
        // Cards are taken to be counted until something else is found.
        if determination != Determination::COUNTED {
            determinations.set(id, determination);
        }
        if determination.disposition != Disposition::Counted {
            found.largest.add(&self.loaded.cards, claimed, id);
        }
    }

    /// Determines the cards on every position of an account.
    fn positions(
        &self,
        account: AccountId,
        papers: &Papers<'_>,
        allotments: &mut Vec<Allotment>,
        found: &mut Found,
    ) {
        for position in self.electorate.ids_of(account).filter(|position| self.may_vote(*position)) {
            self.position(position, papers, allotments, found);
        }
    }

    /// Each card's determination over all positions, in the order of the cards; `allotments` is put into it too.
    fn merge_all(&self, allotments: &mut [Allotment], merged: &mut Vec<(CardId, Determination)>) {
        allotments.sort_by_key(|allotment| allotment.id);
        merged.extend(
            of_cards(allotments)
                .map(|allotments| (allotments[0].id, self.merge(allotments[0].id, allotments))),
        );
    }

    /// The shares that a card claims: its limit, or its account's positions.
    fn claimed(&self, id: CardId) -> Shares {
        claimed(self.loaded, self.electorate, &self.card(id))
    }

    /// Determines the cards on one position, and what is present of it. Adds what each card gets to
    /// `allotments`.
    fn position(
        &self,
        position: PositionId,
        papers: &Papers<'_>,
        allotments: &mut Vec<Allotment>,
        found: &mut Found,
    ) {
        let class = usize::from(self.electorate.get(position).class);
        let is_of_class = |card: &&StandingCard| self.class(card.id).is_none_or(|wanted| wanted == class);
        let (one, several, with_voted, of_those);
        let of_class: &[&StandingCard] = match papers.standing {
            [only] if is_of_class(&only) => {
                one = [only];
                &one
            }
            standing => {
                several = standing.iter().filter(is_of_class).collect::<Vec<_>>();
                if papers.voted.iter().any(|voted| voted.position == position) {
                    with_voted = self.with_voted(position, &several, papers.voted);
                    of_those = with_voted.iter().collect::<Vec<_>>();
                    &of_those
                } else {
                    &several
                }
            }
        };
        let before = allotments.len();
        let holding = self.electorate.get(position).holding();
        let is_statute = self.rules.joint_holders.is_together();
        // PRE-2: a ballot limited to some shares shows its holder present with all of them.
        let has_limited_ballot = || {
            let is_limited =
                |card: &&&StandingCard| self.limit(card.id).is_some() && self.card(card.id).is_ballot();
            holding != Holding::Nominee && of_class.iter().any(|card| is_limited(&card))
        };
        let is_present = papers.is_present || has_limited_ballot();
        match holding {
            Holding::Joint if is_statute => {
                let (allotment, resolved) = joint::by_statute(self, position, of_class, papers.silenced);
                match resolved {
                    Some(resolved) => found.joint.push(resolved),
                    None if is_present => {
                        self.present_in_person(position, (Shares::ZERO, Votes::ZERO), false, found)
                    }
                    None => {}
                }
                allotments.extend(allotment);
                return;
            }
            Holding::Nominee => {
                let (of_nominee, overvote) = nominee::allocate(self, position, of_class);
                allotments.extend(of_nominee);
                found.overvotes.extend(overvote);
            }
            Holding::Joint if self.rules.joint_holders == JointHolders::FirstNamed => {
                allotments.extend(joint::by_first_named(self, position, of_class));
            }
            // JNT-3: the latest card of any joint holder, where the meeting says so.
            Holding::Single | Holding::Joint => allocate::newest_first(self, position, of_class, allotments),
        }
        if !papers.voted.is_empty() {
            self.join_parts(position, papers.voted, before, allotments);
        }
        let whole = self.electorate.get(position).shares;
        let mut taken = Shares::ZERO;
        for allotment in allotments[before..].iter().filter(|allotment| !allotment.shares.is_zero()) {
            self.take(allotment.id, position, (taken, allotment.shares), allotment.is_not_voted, found);
            taken += allotment.shares;
        }
        // CON-1: per account, shares counted are at most the position.
        assert!(taken <= whole, "cards took more than the position");
        if is_present {
            let votes = self.electorate.votes_of_part(position, Shares::ZERO, taken);
            self.present_in_person(position, (taken, votes), !papers.is_present, found);
        }
    }

    /// A card takes shares of a position.
    fn take(
        &self,
        id: CardId,
        position: PositionId,
        (before, shares): (Shares, Shares),
        is_not_voted: bool,
        found: &mut Found,
    ) {
        let card = &self.card(id);
        let is_of_stated = self.electorate.get(position).has_stated_votes();
        let stated_votes = is_of_stated.then(|| self.electorate.votes_of_part(position, before, shares));
        let cover = Cover {
            card: id,
            position,
            marking: card.marking,
            form: card.form,
            stated_votes,
            shares,
            is_not_voted,
        };
        found.coverage.push(&cover, self.electorate.get(position).shares);
    }

    /// The holder is present: so is whatever no card covers.
    fn present_in_person(
        &self,
        id: PositionId,
        (shares, votes): (Shares, Votes),
        is_by_ballot: bool,
        found: &mut Found,
    ) {
        let position = self.electorate.get(id);
        if shares < position.shares {
            let (shares, votes) = (position.shares - shares, self.electorate.votes(id).saturating_sub(votes));
            found.in_person.push(InPerson { position: id, shares, votes, is_by_ballot });
        }
    }

    /// One disposition for a card over several classes: held if held in any, counted if whole in
    /// all, counted in part if it got any share in any, else superseded.
    fn merge(&self, id: CardId, allotments: &[Allotment]) -> Determination {
        let find = |wanted: Disposition| {
            allotments
                .iter()
                .map(|allotment| allotment.determination)
                .find(|determination| determination.disposition == wanted)
        };
        let short = allotments
            .iter()
            .map(|allotment| allotment.determination)
            .find(|determination| determination.disposition != Disposition::Counted);
        let gets_any = find(Disposition::Counted).or_else(|| find(Disposition::CountedInPart)).is_some();
        // What holds a card in another class takes it out of a conflict of joint holders in this one.
        let held = allotments
            .iter()
            .map(|allotment| allotment.determination)
            .filter(|determination| determination.disposition == Disposition::Held);
        let held = held.min_by_key(|determination| determination.reason == Reason::JointConflict);
        let determination = match (held, short) {
            (Some(held), _) => held,
            (None, None) => Determination::COUNTED,
            (None, Some(short)) if gets_any => self.in_part(short),
            (None, Some(short)) => short,
        };
        let stands = matches!(determination.disposition, Disposition::Counted | Disposition::CountedInPart);
        // RUL-3: the card stands and is not voted on the item.
        if stands && self.rulings.out_of_items.contains_key(&id) {
            return Determination::new(
                Disposition::CountedInPart,
                Reason::RuledOut,
                self.rulings.on_item.get(&id).copied().map(Cause::Ruling),
            );
        }
        determination
    }

    /// Short in one class, though it got shares in another. What is short by a card that says the
    /// same is still short by a later proxy or a ballot.
    fn in_part(&self, short: Determination) -> Determination {
        let reason = match (short.reason, short.cause) {
            (Reason::Duplicate, Some(Cause::Card(taker))) => self.ballot_or_proxy(taker),
            (reason, _) => reason,
        };
        Determination { disposition: Disposition::CountedInPart, reason, ..short }
    }

    /// Whether the holder is present in person: an `at_meeting` row that came in time.
    fn is_in_person(&self, account: AccountId) -> bool {
        let rows = self.revocations.get(&account).map_or(&[][..], Vec::as_slice);
        rows.iter().any(|row| self.loaded.revocations[*row as usize].manner == Manner::AtMeeting)
    }

    pub(crate) fn may_vote(&self, position: PositionId) -> bool {
        let position = self.electorate.get(position);
        position.is_voting() && !position.shares.is_zero()
    }

    pub(crate) fn card(&self, id: CardId) -> Card {
        let mut card = self.loaded.cards.get(id);
        if !self.moved.is_empty() {
            card.account = self.moved.get(&id).copied().unwrap_or(card.account);
        }
        card
    }

    pub(crate) fn number(&self, id: CardId) -> &'a str {
        self.loaded.cards.number(id)
    }

    /// NOM-2: how an account's blocks and totals over its position are cut.
    pub(super) fn overvote(&self, account: AccountId) -> Overvote {
        let tried = self.overvote_of.filter(|(of, _)| *of == account);
        tried.map_or(self.rules.overvote, |(_, overvote)| overvote)
    }

    /// The only class that a card speaks for.
    pub(crate) fn class(&self, id: CardId) -> Option<usize> {
        self.loaded.cards.class(&self.card(id))
    }

    /// Which co-holder signed a card.
    pub(crate) fn signer(&self, id: CardId) -> Option<u32> {
        self.loaded.cards.signer_of(&self.card(id))
    }

    /// What a card claims of a position: its limit, or all.
    pub(crate) fn limit(&self, id: CardId) -> Option<Shares> {
        self.loaded.cards.limit(&self.card(id))
    }

    /// Same form and same marks on every item and nominee; what they say of a withdrawn item is not read.
    pub(crate) fn says_the_same(&self, a: CardId, b: CardId) -> bool {
        let (a, b) = (self.card(a), self.card(b));
        let cards = &self.loaded.cards;
        let has_same_marks = || {
            let pairs = cards.markings.cells(a.marking).iter().zip(cards.markings.cells(b.marking));
            let mut read = pairs
                .zip(&cards.layout.columns)
                .filter(|(_, column)| !self.meeting.items[column.item].is_withdrawn);
            read.all(|((a, b), _)| a == b)
        };
        let is_same = a.marking == b.marking
            || (self.meeting.items.iter().any(|item| item.is_withdrawn) && has_same_marks());
        a.form == b.form && is_same
    }

    /// The determination of a card whose shares newer cards took; `taker` is the newest of them.
    fn superseded_by(&self, card: &StandingCard, taker: order::Taker) -> Determination {
        let reason = self.taken_by(card, taker);
        let is_duplicate = !reason.is_of_leading() && self.says_the_same(card.id, taker.id);
        let reason = if is_duplicate { Reason::Duplicate } else { reason };
        Determination::new(Disposition::Superseded, reason, Some(Cause::Card(taker.id)))
    }

    /// Which of those that took shares took a card's: the first that it came too late for or that is newer than
    /// it. What was voted goes first, and may be older.
    fn taker_for(&self, card: &StandingCard, takers: &[order::Taker]) -> Option<order::Taker> {
        let displaces = |taker: &&order::Taker| {
            taker.key.age > card.key.age
                || taker.key.tier == order::Tier::First
                || self.taken_by(card, **taker).is_of_leading()
        };
        takers.iter().find(displaces).or(takers.first()).copied()
    }

    /// Why the shares that a card asks for are taken.
    fn taken_by(&self, card: &StandingCard, taker: order::Taker) -> Reason {
        let came_after = |cast| self.card(card.id).received.is_after_close(&cast);
        // VOT-1.
        if taker.key.is_voted && self.voted_at(taker.id).is_some_and(came_after) {
            return Reason::AfterVote;
        }
        // VAL-11: what would displace an irrevocable proxy does not.
        let is_irrevocable = taker.key.before_vote == order::Tier::Irrevocable;
        let is_later = card.key.tier == order::Tier::Ballot || card.key.age > taker.key.age;
        if is_irrevocable && is_later {
            return Reason::IrrevocableProxy;
        }
        self.ballot_or_proxy(taker.id)
    }

    fn ballot_or_proxy(&self, taker: CardId) -> Reason {
        if self.card(taker).is_ballot() { Reason::Ballot } else { Reason::LaterProxy }
    }
}

impl Determined {
    /// Adds what the cards of later accounts come to.
    fn append(&mut self, cards: &Cards, mut found: Found) {
        self.largest.append(cards, found.largest);
        self.sums.append(&found.sums);
        self.coverage.append(found.coverage);
        self.joint.append(&mut found.joint);
        self.in_person.append(&mut found.in_person);
        self.overvotes.append(&mut found.overvotes);
        self.in_part.append(&mut found.in_part);
    }

    /// Takes over what became of each card, when all cards are determined.
    fn conclude(&mut self, determinations: Determinations) {
        self.in_part.sort_unstable_by_key(|(id, _)| *id);
        let is_beyond =
            |(id, _): &(CardId, Shares)| determinations.get(*id).disposition == Disposition::Counted;
        self.has_beyond = self.in_part.iter().any(is_beyond);
        self.determinations = determinations;
    }

    /// The shares that a card votes in the meeting as it was held: all that it claims where it is counted, none
    /// where it is not.
    #[must_use]
    pub fn counted(&self, id: CardId, claimed: Shares) -> Shares {
        match self.determinations.get(id).disposition {
            Disposition::Counted if !self.has_beyond => claimed,
            Disposition::Counted => {
                let found = self.in_part.binary_search_by_key(&id, |(card, _)| *card);
                found.map_or(claimed, |place| self.in_part[place].1)
            }
            Disposition::CountedInPart => {
                let found = self.in_part.binary_search_by_key(&id, |(card, _)| *card);
                found.map_or(Shares::ZERO, |place| self.in_part[place].1)
            }
            Disposition::Superseded | Disposition::Revoked | Disposition::Rejected | Disposition::Held => {
                Shares::ZERO
            }
        }
    }

    /// Whose a card is: in what might have been, perhaps another's than in the meeting as it was held.
    pub(crate) fn account_of(&self, loaded: &Loaded, id: CardId) -> AccountId {
        self.moved.get(&id).copied().unwrap_or_else(|| loaded.cards.account(id))
    }

    /// What cards cover of an account.
    pub fn coverage_of(&self, electorate: &Electorate, account: AccountId) -> impl Iterator<Item = Cover> {
        let mut ids = electorate.ids_of(account);
        let ends = ids.next().map(|first| (first, ids.last().unwrap_or(first)));
        ends.into_iter().flat_map(|(first, last)| self.coverage.of(first, last))
    }

    /// What a card says on an item, with the inspector's rulings on single items.
    #[must_use]
    pub fn reading(
        &self,
        reader: &MarkReader<'_>,
        loaded: &Loaded,
        id: CardId,
        setting: MarkSetting,
        item: usize,
    ) -> ItemReading {
        self.reading_with(reader, (id, loaded.cards.get(id).marking), setting, item)
    }

    /// What the card of a cover says on an item.
    pub(crate) fn reading_of(
        &self,
        reader: &MarkReader<'_>,
        cover: &Cover,
        setting: MarkSetting,
        item: usize,
    ) -> ItemReading {
        self.reading_with(reader, (cover.card, cover.marking), setting, item)
    }

    fn reading_with(
        &self,
        reader: &MarkReader<'_>,
        (id, marking): (CardId, MarkingId),
        setting: MarkSetting,
        item: usize,
    ) -> ItemReading {
        if self.ruled_out_items.get(&id).is_some_and(|items| items.contains(&item)) {
            return reader.not_voted(item);
        }
        reader.read(marking, setting, item)
    }
}
