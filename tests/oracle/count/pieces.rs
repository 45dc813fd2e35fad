//! Count: who says what on an item, with how many votes. A piece is votes of one position that say one thing.

use std::collections::BTreeSet;

use crate::amounts::{Amount, smaller, sum, whole, zero};
use crate::count::dispositions::{Disposition, votes};
use crate::count::following::{covered_by_totals, follow, follower_of};
use crate::count::joint::{Resolution, Signer, resolve, resolve_unanimous, say_of_nobody};
use crate::count::order::{End, Take};
use crate::count::positions::{Account, Ledger, Position};
use crate::count::says::say_on;
use crate::count::standing::present_in_person;
use crate::count::street::Street;
use crate::files::Folder;
use crate::marks::Voice;
use crate::meeting::{Item, Kind};

pub struct Piece {
    pub account: String,
    pub class: String,
    pub votes: Amount,
    pub say: Vec<Voice>,
    /// None for shares that are present without a card that votes them.
    pub card: Option<usize>,
}

/// Everything that the earlier stages found out.
pub struct Determined<'a> {
    pub folder: &'a Folder,
    pub ledger: &'a Ledger,
    pub takes: &'a [Take],
    pub dispositions: &'a [Disposition],
    pub street: &'a [Street],
}

impl Determined<'_> {
    /// "A share is present when a card that stands covers it (a card limited by `shares` covers those only), a street
    /// total covers it …, or its holder is present under §3.7."
    pub fn shares_present(&self, position: &Position) -> Amount {
        if self.in_person(position) || follower_of(self, position).is_some() {
            return position.votable();
        }
        let by_street = self.street_of(position).map_or(zero(), |street| street.present.clone());
        self.covered_by_cards(position) + by_street
    }

    /// The votes of the shares present. Each card's part of a position is cut by itself; what covers all the rest, in
    /// person or by street totals, has the exact rest of the votes.
    pub fn votes_present(&self, position: &Position) -> Amount {
        if follower_of(self, position).is_some()
            || (self.in_person(position) && self.left_by_cards(position) > zero())
        {
            return position.votes_of(&position.votable());
        }
        self.votes_of_cards(position) + self.votes_of_street(position)
    }

    /// "its holder is present under §3.7", or: "A *ballot* limited by `shares`: the holder is present in person with all the
    /// position"; "Not of nominees' blocks; only the classes that the ballot speaks of; a held ballot's holder is present, a
    /// rejected one's not."
    fn in_person(&self, position: &Position) -> bool {
        let by_ballot = self.takes_of(position).iter().any(|take| {
            let card = &self.folder.cards[take.card];
            card.ballot && card.shares.is_some() && !position.nominee
        });
        by_ballot || present_in_person(&position.account, self.folder)
    }

    fn left_by_cards(&self, position: &Position) -> Amount {
        position.votable() - self.covered_by_cards(position)
    }

    fn votes_of_cards(&self, position: &Position) -> Amount {
        if self.by_statute(position) {
            return position.votes_of(&self.covered_by_cards(position));
        }
        position.votes_of(&self.covered_by_cards(position))
    }

    /// The votes that the street totals of a position make present.
    pub fn votes_of_street(&self, position: &Position) -> Amount {
        match self.street_of(position) {
            Some(street) if street.present > zero() && street.present == self.left_by_cards(position) => {
                position.votes_of(&position.votable()) - self.votes_of_cards(position)
            }
            Some(street) => position.votes_after(&self.covered_by_cards(position), &street.present),
            None => zero(),
        }
    }

    /// A card of a joint holder acts for all the shares, however many signers there are.
    pub fn covered_by_cards(&self, position: &Position) -> Amount {
        let got: Vec<&Amount> = self.takes_of(position).iter().map(|take| &take.got).collect();
        if self.by_statute(position) {
            return got.into_iter().max().cloned().unwrap_or(zero());
        }
        sum(got)
    }

    /// The votes of what a card took, in the order in which cards take.
    pub fn votes_of_take(&self, position: &Position, take: &Take) -> Amount {
        if self.by_statute(position) {
            return position.votes_of(&take.got);
        }
        let mut before = zero();
        for other in self.takes_of(position) {
            if std::ptr::eq(other, take) {
                return position.votes_after(&before, &take.got);
            }
            before += &other.got;
        }
        unreachable!("it is one of them")
    }

    pub fn takes_of(&self, position: &Position) -> Vec<&Take> {
        let here = |take: &&Take| take.account == position.account && take.class == position.class;
        self.takes.iter().filter(here).collect()
    }

    pub fn by_statute(&self, position: &Position) -> bool {
        position.joint
            && !position.nominee
            && matches!(self.folder.meeting.rules.joint_holders.as_str(), "statute" | "unanimous")
    }

    pub fn street_of(&self, position: &Position) -> Option<&Street> {
        self.street.iter().find(|s| s.account == position.account && s.class == position.class)
    }

    fn account_of(&self, position: &Position) -> &Account {
        self.ledger.account(&position.account).expect("a position has an account")
    }

    /// Does a take vote, as far as its card goes?
    fn take_votes(&self, take: &Take) -> bool {
        votes(&self.dispositions[take.card]) && matches!(take.end, End::Whole | End::Short(..))
    }

    fn say(&self, card: usize, item_at: usize, position: &Position) -> Vec<Voice> {
        say_on(&self.folder.cards[card], item_at, self.account_of(position).nominee, self.folder)
    }

    fn ruled_out(&self, card: usize, item: &Item) -> bool {
        self.folder.cards[card].ruled_out.contains(&item.id)
    }
}

/// Is the position entitled to vote on the item, and not excluded?
pub fn entitled(position: &Position, item: &Item) -> bool {
    item.entitled_classes.contains(&position.class) && !item.excluded_accounts.contains(&position.account)
}

/// The pieces of one item, street totals apart where they speak, and the cards of joint holders that conflict on it.
pub fn pieces_of(all: &Determined, item_at: usize) -> (Vec<Piece>, BTreeSet<usize>) {
    let item = &all.folder.meeting.items[item_at];
    let mut pieces = Vec::new();
    let mut conflicts = BTreeSet::new();
    for position in all.ledger.positions.iter().filter(|p| entitled(p, item)) {
        let mut here = if all.by_statute(position) {
            joint_pieces(all, item_at, position, &mut conflicts)
        } else {
            card_pieces(all, item_at, position)
        };
        let by_street = if is_cumulative(item) { zero() } else { all.votes_of_street(position) };
        let said = sum(here.iter().map(|piece| &piece.votes)) + by_street;
        let unsaid = match follower_of(all, position) {
            // "It goes before A-11": only what a card covers and does not vote is silent.
            Some(_) => all.votes_of_cards(position) - sum(here.iter().map(|piece| &piece.votes)),
            None => all.votes_present(position) - said,
        };
        assert!(unsaid >= zero(), "{} votes more than it has", position.account);
        if unsaid > zero() {
            here.push(piece(position, unsaid, vec![Voice::Silent; item.voices()], None));
        }
        pieces.extend(here);
    }
    (pieces, conflicts)
}

fn piece(position: &Position, votes: Amount, say: Vec<Voice>, card: Option<usize>) -> Piece {
    Piece { account: position.account.clone(), class: position.class.clone(), votes, say, card }
}

/// Cards each vote what they took.
fn card_pieces(all: &Determined, item_at: usize, position: &Position) -> Vec<Piece> {
    let item = &all.folder.meeting.items[item_at];
    let mut pieces = Vec::new();
    // "cards as they take"
    let mut before = zero();
    for take in all.takes_of(position) {
        if all.take_votes(take) && !all.ruled_out(take.card, item) {
            let say = all.say(take.card, item_at, position);
            pieces.push(piece(position, position.votes_after(&before, &take.got), say, Some(take.card)));
        }
        before += &take.got;
    }
    pieces
}

/// Joint holders, `statute`: "each signer's newest card stands"; then the rule of Cal. 704 on this item. A card
/// that a ruling took away from it "is not voted on that item, whatever `unmarked` says".
fn joint_pieces(
    all: &Determined,
    item_at: usize,
    position: &Position,
    conflicts: &mut BTreeSet<usize>,
) -> Vec<Piece> {
    let item = &all.folder.meeting.items[item_at];
    let holders = &position.holders;
    let mut signers = Vec::new();
    for take in all.takes_of(position) {
        if all.take_votes(take) {
            let name = &all.folder.cards[take.card].signer;
            let interest =
                holders.iter().find(|(holder, _)| holder == name).and_then(|(_, part)| part.clone());
            let say = match all.ruled_out(take.card, item) {
                true => vec![Voice::Silent; item.voices()],
                false => all.say(take.card, item_at, position),
            };
            let acted = without_votes_for_the_unable(&say, item);
            signers.push(Signer { card: take.card, interest, say, acted });
        }
    }
    signers.sort_by_key(|signer| all.folder.cards[signer.card].number.clone());
    if signers.is_empty() {
        return Vec::new();
    }
    let every_interest = holders.iter().all(|(_, part)| part.is_some());
    let votes = position.votes_of(&all.covered_by_cards(position));
    let says =
        |at: usize, votes: Amount| piece(position, votes, signers[at].say.clone(), Some(signers[at].card));
    let resolution = match all.folder.meeting.rules.joint_holders.as_str() {
        "unanimous" => {
            let sent: BTreeSet<usize> = all
                .takes_of(position)
                .iter()
                .filter(|take| take.got > zero() || matches!(take.end, End::Held(..) | End::QuorumOnly(_)))
                .map(|take| take.card)
                .collect();
            let names: Vec<&String> = holders.iter().map(|(name, _)| name).collect();
            let signed: Vec<&String> =
                signers.iter().map(|signer| &all.folder.cards[signer.card].signer).collect();
            resolve_unanimous(&signers, &names, &signed, sent.len())
        }
        _ => resolve(&signers, every_interest),
    };
    match resolution {
        Resolution::Binds(at) => vec![says(at, votes)],
        Resolution::Split(one, other) => {
            let half = votes / whole(2);
            vec![says(one, half.clone()), says(other, half)]
        }
        Resolution::Silent => {
            vec![piece(position, votes, say_of_nobody(&signers, item), Some(signers[0].card))]
        }
        Resolution::NotAgreed => Vec::new(),
        Resolution::Conflict => {
            conflicts.extend(signers.iter().filter(|signer| signer.acted()).map(|signer| signer.card));
            Vec::new()
        }
    }
}

/// "a number for a name that cannot serve is no act"
fn without_votes_for_the_unable(say: &[Voice], item: &Item) -> Vec<Voice> {
    let mut acted = say.to_vec();
    for (voice, nominee) in acted.iter_mut().zip(&item.nominees) {
        if nominee.unable_to_serve && voice.is_cumulated() {
            *voice = Voice::Silent;
        }
    }
    acted
}

/// One line of one nominee (or of the item), with the votes of one position on it.
pub struct Entry {
    pub account: String,
    pub class: String,
    /// The nominee's place; 0 where the item is not an election.
    pub nominee: usize,
    pub line: Line,
    pub votes: Amount,
    /// Reported in street.csv.
    pub is_total: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Line {
    For,
    Against,
    Abstain,
    Withheld,
    BrokerNonVotes,
    NotVoted,
    Choice(usize),
}

/// "Pool of a card": the votes that one card casts in several classes are one piece of an election by numbers.
pub fn one_piece_for_each_card(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        let same =
            |other: &&mut Piece| piece.card.is_some() && other.card == piece.card && other.say == piece.say;
        match merged.iter_mut().find(same) {
            Some(first) => first.votes += piece.votes,
            None => merged.push(piece),
        }
    }
    merged
}

/// Every piece and every street vote as entries: the straight count.
pub fn entries_of(all: &Determined, item_at: usize, pieces: &[Piece]) -> Vec<Entry> {
    let item = &all.folder.meeting.items[item_at];
    let mut entries = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        for (nominee, voice) in piece.say.iter().enumerate() {
            let of_card = votes_of_one_card(pieces, at);
            for (line, votes) in straight_lines(voice, &piece.votes, of_card, item) {
                let (account, class) = (piece.account.clone(), piece.class.clone());
                entries.push(Entry { account, class, nominee, line, votes, is_total: false });
            }
        }
    }
    for position in all.ledger.positions.iter().filter(|p| entitled(p, item)) {
        if let Some(street) = all.street_of(position) {
            for nominee in 0..item.voices() {
                let left = match follower_of(all, position) {
                    Some(_) => covered_by_totals(all, position, item_at, item),
                    None => all.votes_of_street(position),
                };
                let before = all.covered_by_cards(position);
                entries.extend(street_entries(street, (position, before), left, item_at, nominee, item));
            }
        }
    }
    entries.extend(follow(all, item_at, pieces, &entries));
    entries
}

pub fn line_order(vote: &Voice) -> usize {
    match vote {
        Voice::Choice(choice) => *choice,
        Voice::For => 1000,
        Voice::Against => 1001,
        Voice::Abstain => 1002,
        Voice::Withhold => 1003,
        Voice::NonVote => 1004,
        _ => 1005,
    }
}

fn street_entries(
    street: &Street,
    (position, mut before): (&Position, Amount),
    mut left: Amount,
    item_at: usize,
    nominee: usize,
    item: &Item,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let entry = |line, votes| Entry {
        account: street.account.clone(),
        class: street.class.clone(),
        nominee,
        line,
        votes,
        is_total: true,
    };
    // "then totals FOR, AGAINST, ABSTAIN, WITHHOLD, NONVOTE, VOID"
    let mut votes_here: Vec<_> =
        street.votes.iter().filter(|vote| vote.item == item_at && vote.nominee == nominee).collect();
    votes_here.sort_by_key(|vote| (vote.reported, line_order(&vote.vote)));
    let mut reported = votes_here.first().map(|vote| vote.reported);
    let start = before.clone();
    for vote in votes_here {
        if reported != Some(vote.reported) {
            // Votes for a substitute were reported for another name, whose totals are parted by themselves.
            (reported, before) = (Some(vote.reported), start.clone());
        }
        let votes = position.votes_after(&before, &vote.shares);
        before += &vote.shares;
        left -= &votes;
        entries.extend(
            straight_lines(&vote.vote, &votes, (zero(), votes.clone()), item)
                .into_iter()
                .map(|(line, votes)| entry(line, votes)),
        );
    }
    assert!(left >= zero(), "street totals of {} exceed what is present", street.account);
    entries.push(entry(Line::NotVoted, left));
    entries
}

/// The votes that a piece's card has in the pieces before it, and in all of them: over several classes a card has several.
fn votes_of_one_card(pieces: &[Piece], at: usize) -> (Amount, Amount) {
    let same_card = |piece: &&Piece| piece.card.is_some() && piece.card == pieces[at].card;
    let before = sum(pieces[..at].iter().filter(same_card).map(|piece| &piece.votes));
    let others = sum(pieces[at + 1..].iter().filter(same_card).map(|piece| &piece.votes));
    let all = &before + &pieces[at].votes + others;
    (before, all)
}

/// "`VOID` → not voted"; "`cap` (each at the shares' votes)", a percentage being one of the pool that cumulative voting
/// would have given. A number is the card's: its first class takes as much of it as it has votes, then the next.
fn straight_lines(
    voice: &Voice,
    votes: &Amount,
    of_card: (Amount, Amount),
    item: &Item,
) -> Vec<(Line, Amount)> {
    let (before, all) = of_card;
    let left_of = |cumulated: &Amount| cumulated - smaller(cumulated, &before);
    let line = match voice {
        Voice::For => Line::For,
        Voice::Against => Line::Against,
        Voice::Abstain => Line::Abstain,
        Voice::Withhold => Line::Withheld,
        Voice::NonVote => Line::BrokerNonVotes,
        Voice::Silent | Voice::Void => Line::NotVoted,
        Voice::Choice(choice) => Line::Choice(*choice),
        Voice::Number(cumulated) => return capped(&left_of(cumulated), votes),
        Voice::Percent(part) => return capped(&left_of(&(part * all * whole(item.seats))), votes),
    };
    vec![(line, votes.clone())]
}

fn capped(cumulated: &Amount, votes: &Amount) -> Vec<(Line, Amount)> {
    let cast = smaller(cumulated, votes);
    vec![(Line::For, cast.clone()), (Line::NotVoted, votes - cast)]
}

pub fn is_cumulative(item: &Item) -> bool {
    item.kind == Kind::Election && item.cumulative_in_force
}
