//! The cards of a deck: every mark and default, and a card for every way in which one may fare.

use super::accounts::{CardOf, Deck, DeckError, DeckWriter, Position};
use super::foreign::Words;
use super::says::{Pattern, Says, in_time, other, patterns, plain};
use crate::ballot::reading::Line;
use crate::meeting::{
    AttendanceRevokes, Cumulative, Election, Item, ItemKind, JointHolders, Mark, Meeting, NOTICE_OF_MEETING,
    Order, Overvote, SignatureMismatch,
};
use crate::time::add_months;

const COUNTED: (&str, &str) = ("counted", "in_order");

impl Deck {
    /// The deck of a meeting.
    ///
    /// # Errors
    /// [`DeckError`] where a meeting is too large for one, or has no room for late cards.
    pub(super) fn with(
        meeting: &Meeting,
        has_forms: bool,
        layouts: &[(usize, Words)],
    ) -> Result<Self, DeckError> {
        let mut writer = DeckWriter::new(meeting)?;
        // The small powers first: most of the votes are present.
        writer.named_accounts();
        writer.not_standing();
        writer.dates();
        writer.two_cards();
        writer.revoked();
        writer.blocks();
        writer.joint();
        writer.totals();
        writer.defaults();
        layouts.iter().for_each(|(place, words)| writer.layout(*place, words));
        writer.item_by_item();
        writer.marks();
        if !has_forms {
            writer.deck.open_matters.push("no_proxy_holder_ballot");
        }
        writer.finish()
    }
}

impl DeckWriter<'_> {
    /// A proxy that came early over the Internet.
    fn early(&self) -> Vec<(&'static str, String)> {
        vec![("received", self.times.early_plus(0)), ("medium", "internet".to_owned())]
    }

    /// A proxy by mail: when it came, what is said of its signature, and its date.
    fn mailed(&self, minutes: i64, signed: &str, dated: &str) -> Vec<(&'static str, String)> {
        vec![
            ("received", self.times.early_plus(minutes)),
            ("medium", "mail".to_owned()),
            ("signed", signed.to_owned()),
            ("dated", dated.to_owned()),
        ]
    }

    /// A card by the first form.
    fn proxy(
        &mut self,
        position: &Position,
        cells: Vec<(&'static str, String)>,
        fate: (&'static str, &'static str),
        shows: &str,
        pattern: impl Fn(usize, &Item) -> Pattern,
    ) -> Vec<Says> {
        let of = CardOf { cells, form: Some(0), fate, shows, layout: None };
        self.card(&position.account, (position.class, position.shares), of, pattern)
    }

    /// Accounts that meeting.json names: they must be there.
    fn named_accounts(&mut self) {
        let mut named: Vec<String> = Vec::new();
        for item in &self.meeting.items {
            named.extend(item.excluded_accounts.iter().cloned());
            if let Some(Cumulative::Notice { by, .. }) = item.election().map(|election| &election.cumulative)
            {
                let is_form = self.meeting.forms.iter().any(|form| form.id == *by);
                named.extend(Some(by.clone()).filter(|by| !is_form && by != NOTICE_OF_MEETING));
            }
        }
        named.sort_unstable();
        named.dedup();
        for name in named {
            self.account("individual");
            let position = self.change_last(|position| {
                position.account.clone_from(&name);
                position.name = name;
            });
            let cells = self.early();
            let says =
                self.proxy(&position, cells, COUNTED, "an account that meeting.json names", |_, item| {
                    plain(item)
                });
            self.stands(&position, position.shares, says);
        }
    }

    /// Cards that give no vote: of nobody, of no votes, unsigned, doubtful, late.
    fn not_standing(&mut self) {
        let nobody = CardOf {
            cells: self.early(),
            form: Some(0),
            fate: ("rejected", "unknown_account"),
            shows: "an account that is not on the register",
            layout: None,
        };
        self.card("TEST-NOBODY", (0, 4), nobody, |_, item| plain(item));
        self.account("individual");
        let treasury = self.change_last(|position| position.is_voting = false);
        let cells = self.early();
        let fate = ("rejected", "no_voting_shares");
        self.proxy(&treasury, cells, fate, "shares that may not vote", |_, item| plain(item));
        let unsigned = self.account("individual");
        let cells = self.mailed(0, "no", "");
        self.proxy(&unsigned, cells, ("rejected", "unsigned"), "a card without a signature", |_, item| {
            plain(item)
        });
        let doubtful = self.account("individual");
        let cells = self.mailed(0, "mismatch", "");
        let (fate, open) = match self.meeting.rules.signature_mismatch {
            SignatureMismatch::Hold => (("held", "signature_mismatch"), true),
            SignatureMismatch::Reject => (("rejected", "signature_mismatch"), false),
            SignatureMismatch::Accept => (COUNTED, false),
        };
        let says = self.proxy(&doubtful, cells, fate, "someone else's signature", |_, item| plain(item));
        if open {
            self.deck.open_matters.push("held_cards");
            self.stands_silent(&doubtful, doubtful.shares);
        } else if fate == COUNTED {
            self.stands(&doubtful, doubtful.shares, says);
        }
        let late = self.account("individual");
        let cells = vec![("received", self.times.late.clone()), ("medium", "internet".to_owned())];
        self.proxy(&late, cells, ("rejected", "late"), "a minute after the close", |_, item| plain(item));
        let in_time = self.account("individual");
        let cells = vec![("received", self.times.close.clone()), ("medium", "in_person".to_owned())];
        let of =
            CardOf { cells, form: None, fate: COUNTED, shows: "a ballot as the polls close", layout: None };
        let says = self.card(&in_time.account, (in_time.class, in_time.shares), of, |_, item| plain(item));
        self.stands(&in_time, in_time.shares, says);
    }

    /// VAL-6, VAL-7: the last day of a proxy's term and the day before, and a date after the meeting.
    fn dates(&mut self) {
        let (first, months) = (self.meeting.first_session(), self.meeting.rules.proxy_valid_months);
        let mut valid = first.saturating_sub(jiff::Span::new().months(i64::from(months)));
        while add_months(valid, months) < first {
            valid = valid.tomorrow().unwrap_or(first);
        }
        let mut expired = valid.yesterday().unwrap_or(valid);
        while add_months(expired, months) >= first {
            expired = expired.yesterday().unwrap_or(jiff::civil::Date::MIN);
        }
        let last = self.account("individual");
        let cells = self.mailed(0, "yes", &valid.to_string());
        let says =
            self.proxy(&last, cells, COUNTED, "dated on the first day that is not too old", |_, i| plain(i));
        self.stands(&last, last.shares, says);
        let old = self.account("individual");
        let cells = self.mailed(0, "yes", &expired.to_string());
        self.proxy(&old, cells, ("rejected", "expired"), "dated a day before that", |_, item| plain(item));
        let ahead = self.account("individual");
        let after = self.meeting.date.tomorrow().unwrap_or(self.meeting.date).to_string();
        let cells = self.mailed(0, "yes", &after);
        self.proxy(&ahead, cells, ("held", "post_dated"), "dated after the meeting", |_, item| plain(item));
        self.deck.open_matters.push("held_cards");
        self.stands_silent(&ahead, ahead.shares);
    }

    /// ORD-2, ORD-3, ORD-5: which of two cards is later, and two that say the same.
    fn two_cards(&mut self) {
        let position = self.account("individual");
        let day = self.times.early.date();
        let (dated_later, dated_first) = (day.to_string(), day.yesterday().unwrap_or(day).to_string());
        let gone = ("superseded", "later_proxy");
        let is_by_date = self.meeting.rules.order == Order::FormDate;
        let fates = if is_by_date { [COUNTED, gone] } else { [gone, COUNTED] };
        let first = self.mailed(0, "yes", &dated_later);
        let says =
            self.proxy(&position, first, fates[0], "dated later, received first", |_, item| plain(item));
        let second = self.mailed(60, "yes", &dated_first);
        let others =
            self.proxy(&position, second, fates[1], "dated first, received later", |_, item| other(item));
        self.stands(&position, position.shares, if is_by_date { says } else { others });
        let twice = self.account("individual");
        let cells = self.early();
        self.proxy(&twice, cells, ("superseded", "duplicate"), "the same again, the older", |_, item| {
            plain(item)
        });
        let cells = vec![("received", self.times.early_plus(60)), ("medium", "internet".to_owned())];
        let says = self.proxy(&twice, cells, COUNTED, "the same again, the newer", |_, item| plain(item));
        self.stands(&twice, twice.shares, says);
    }

    /// VAL-8, VAL-9: revoked in writing, and by a holder who is present.
    fn revoked(&mut self) {
        let written = self.account("individual");
        let cells = self.early();
        self.proxy(&written, cells, ("revoked", "written"), "revoked in writing", |_, item| plain(item));
        let present = self.account("individual");
        let on_request = self.meeting.rules.attendance_revokes == AttendanceRevokes::OnRequest;
        let fate = if on_request { ("revoked", "at_meeting") } else { COUNTED };
        let cells = self.early();
        let says =
            self.proxy(&present, cells, fate, "a holder who is present and asks", |_, item| plain(item));
        if on_request {
            self.stands_silent(&present, present.shares);
        } else {
            self.stands(&present, present.shares, says);
        }
        for (account, manner) in [(written.account, "written"), (present.account, "at_meeting")] {
            self.deck.revocations.push([account, self.times.early_plus(120), manner.to_owned()]);
        }
    }

    /// NOM-2: two blocks of three quarters of a nominee's position each.
    fn blocks(&mut self) {
        let position = self.account("nominee");
        let (whole, asked, rest) = (position.shares, position.shares / 4 * 3, position.shares / 4);
        let (cut, out) = (("counted_in_part", "over_position"), ("rejected", "over_position"));
        let (fates, got) = match self.meeting.rules.overvote {
            Overvote::FirstIn => ([COUNTED, cut], [asked, rest]),
            Overvote::LatestFirst => ([cut, COUNTED], [rest, asked]),
            Overvote::Prorate => ([cut, cut], [whole / 2, whole / 2]),
            Overvote::RejectBlock => ([COUNTED, out], [asked, 0]),
            Overvote::RejectAll => ([out, out], [0, 0]),
            Overvote::Hold => ([COUNTED, ("held", "over_position")], [asked, 0]),
        };
        for (place, shows) in ["the first block of too many shares", "the second block of too many shares"]
            .into_iter()
            .enumerate()
        {
            let minutes = i64::try_from(place).unwrap_or(0);
            let mut cells = self.early();
            cells[0].1 = self.times.early_plus(minutes);
            cells.push(("shares", asked.to_string()));
            let of = CardOf { cells, form: Some(0), fate: fates[place], shows, layout: None };
            let says = self.card(&position.account, (position.class, got[place].max(1)), of, |_, item| {
                if place == 0 { plain(item) } else { other(item) }
            });
            if got[place] > 0 {
                self.stands(&position, got[place], says);
            }
        }
        if self.meeting.rules.overvote == Overvote::Hold {
            // Present as far as what is left goes.
            self.deck.open_matters.push("overvote_held");
            self.stands_silent(&position, rest);
        }
    }

    /// JNT-1 to JNT-6: two joint holders who differ.
    fn joint(&mut self) {
        self.account("joint");
        let position = self.change_last(|position| position.holders = "Test One;Test Two");
        let rule = self.meeting.rules.joint_holders;
        let fates = match rule {
            JointHolders::Statute | JointHolders::Unanimous => [COUNTED, COUNTED],
            JointHolders::LatestCard => [("superseded", "later_proxy"), COUNTED],
            JointHolders::FirstNamed => [COUNTED, ("superseded", "first_named")],
        };
        let void = |item: &Item, pattern: Pattern| {
            let is_cumulative = item.election().is_some_and(crate::meeting::Election::is_cumulative);
            if is_cumulative { Pattern::Box(Mark::Void) } else { pattern }
        };
        let mut said = Vec::new();
        for (place, signer) in ["Test One", "Test Two"].into_iter().enumerate() {
            let mut cells = self.early();
            cells[0].1 = self.times.early_plus(i64::try_from(place).unwrap_or(0));
            cells.push(("signer", signer.to_owned()));
            said.push(self.proxy(
                &position,
                cells,
                fates[place],
                "a joint holder; the other one differs",
                |_, item| void(item, if place == 0 { plain(item) } else { other(item) }),
            ));
        }
        let (second, first) = (said.pop().unwrap_or_default(), said.pop().unwrap_or_default());
        match rule {
            JointHolders::Statute => {
                self.stands(&position, position.shares / 2, first);
                self.stands(&position, position.shares / 2, second);
            }
            JointHolders::LatestCard => self.stands(&position, position.shares, second),
            JointHolders::FirstNamed => self.stands(&position, position.shares, first),
            JointHolders::Unanimous => {
                let says = (0..self.meeting.items.len()).map(|place| {
                    if first[place] == second[place] {
                        first[place].clone()
                    } else {
                        super::says::silent(&self.meeting.items[place])
                    }
                });
                let says = says.collect();
                self.stands(&position, position.shares, says);
            }
        }
    }

    /// STR-1: a participant's totals, three quarters one way and a quarter another.
    fn totals(&mut self) {
        let takes = |item: &Item| {
            let is_cumulative = item.election().is_some_and(crate::meeting::Election::is_cumulative);
            !is_cumulative && !item.counts_holders()
        };
        if !self.meeting.items.iter().any(takes) {
            return;
        }
        let position = self.account("nominee");
        let (most, least) = (position.shares / 4 * 3, position.shares / 4);
        let mut says: [Vec<Says>; 2] = [Vec::new(), Vec::new()];
        for item in &self.meeting.items {
            let silent = super::says::silent(item);
            if !takes(item) || !item.entitled_classes[position.class] {
                says.iter_mut().for_each(|says| says.push(silent.clone()));
                continue;
            }
            let mut row = |vote: &str, shares: u64, nominee: &str| {
                let row =
                    [&position.account, &item.id, vote, &shares.to_string(), nominee].map(str::to_owned);
                self.deck.street.push(row);
            };
            let [first, second] = match &item.kind {
                ItemKind::Proposal(_) => {
                    row("FOR", most, "");
                    row("AGAINST", least, "");
                    [Says::Line(Line::For), Says::Line(Line::Against)]
                }
                ItemKind::Frequency(choices) => {
                    row(&choices[0].id, most, "");
                    row("ABSTAIN", least, "");
                    [Says::Choice(0), Says::Line(Line::Abstain)]
                }
                ItemKind::Election(election) => {
                    for nominee in &election.nominees {
                        row("FOR", most, &nominee.id);
                        row("WITHHOLD", least, &nominee.id);
                    }
                    let all = |line: Line| Says::Nominees(vec![line; election.nominees.len()]);
                    [all(Line::For), all(Line::Withheld)]
                }
            };
            says[0].push(first);
            says[1].push(second);
        }
        let [first, second] = says;
        self.stands(&position, most, first);
        self.stands(&position, least, second);
    }

    /// MRK-1: a card of each form that says nothing.
    fn defaults(&mut self) {
        for place in 0..self.meeting.forms.len() {
            let position = self.account("individual");
            let shows = format!("form {}, signed and left blank", self.meeting.forms[place].id);
            let of =
                CardOf { cells: self.early(), form: Some(place), fate: COUNTED, shows: &shows, layout: None };
            let says =
                self.card(&position.account, (position.class, position.shares), of, |_, _| Pattern::Blank);
            self.stands(&position, position.shares, says);
        }
    }

    /// Ballots that spell the number of each item, for 1 and otherwise for 0: no two items come to the same.
    fn item_by_item(&mut self) {
        let count = self.meeting.items.len();
        let bits = usize::BITS - count.leading_zeros();
        for bit in 0..bits {
            let position = self.account("individual");
            let cells = vec![("received", self.times.close.clone()), ("medium", "in_person".to_owned())];
            let shows = format!("a ballot that tells items apart, {} of {bits}", bit + 1);
            let of = CardOf { cells, form: None, fate: COUNTED, shows: &shows, layout: None };
            let says = self.card(&position.account, (position.class, position.shares), of, |place, item| {
                match ((place + 1) >> bit & 1 == 1, item.election().is_some()) {
                    (true, true) => {
                        Pattern::Nominee(item.election().map_or(0, |one| in_time(self.meeting, one)))
                    }
                    (true, false) => plain(item),
                    (false, _) => other(item),
                }
            });
            self.stands(&position, position.shares, says);
        }
    }

    /// Everything that a layout can say, each column otherwise than the next.
    fn layout(&mut self, file: usize, words: &Words) {
        let meeting = self.meeting;
        if meeting.items.iter().filter_map(Item::election).any(Election::is_cumulative) {
            // Without numbers the votes would be the proxy holders' to place.
            return;
        }
        let count = |item: &Item| match item.election() {
            Some(election) => election.nominees.len(),
            None => said(words, item).len(),
        };
        let rounds = meeting.items.iter().map(count).max().unwrap_or(0);
        let bits = (usize::BITS - meeting.items.len().leading_zeros()) as usize;
        for turn in 0..rounds + bits {
            let position = self.account("individual");
            let shows = format!("what the layout of card file {} can say", file + 1);
            let cells = self.early();
            let of = CardOf { cells, form: Some(0), fate: COUNTED, shows: &shows, layout: Some(file) };
            let says = self.card(&position.account, (position.class, position.shares), of, |place, item| {
                if let Some(election) = item.election() {
                    return names(words, item, election, turn);
                }
                let all = said(words, item);
                let at = match turn.checked_sub(rounds) {
                    None => turn + place,
                    Some(bit) => (place + 1) >> bit & 1,
                };
                if all.is_empty() { Pattern::Blank } else { all[at % all.len()].clone() }
            });
            self.stands(&position, position.shares, says);
        }
    }

    /// Every way of marking every item, each on a card of another power of two.
    fn marks(&mut self) {
        let classes = self.meeting.classes.len();
        let needed = |item: &Item| {
            let entitled = item.entitled_classes.iter().filter(|is_entitled| **is_entitled).count().max(1);
            patterns(self.meeting, item).len().div_ceil(entitled)
        };
        let rounds = self.meeting.items.iter().map(needed).max().unwrap_or(0);
        let mut next: Vec<usize> = (0..self.meeting.items.len()).collect();
        for number in 0..rounds * classes {
            let position = self.account_of(number % classes, "individual");
            let cells = if number % 2 == 0 { self.early() } else { self.mailed(0, "yes", "") };
            let turn = next.clone();
            let says = self.proxy(&position, cells, COUNTED, "every mark in its turn", |place, item| {
                let all = patterns(self.meeting, item);
                all[turn[place] % all.len()].clone()
            });
            for (place, item) in self.meeting.items.iter().enumerate() {
                next[place] += usize::from(item.entitled_classes[position.class]);
            }
            self.stands(&position, position.shares, says);
        }
    }
}

/// What a layout can say on an item that is no election.
fn said(words: &Words, item: &Item) -> Vec<Pattern> {
    let of = |word: &String| match &item.kind {
        ItemKind::Frequency(choices) => {
            let choice = choices.iter().position(|choice| choice.id.eq_ignore_ascii_case(word));
            choice.map(Pattern::Choice).or_else(|| Mark::parse(word).map(Pattern::Box))
        }
        ItemKind::Proposal(_) | ItemKind::Election(_) => Mark::parse(word).map(Pattern::Box),
    };
    words.get(&item.id).into_iter().flatten().filter_map(of).collect()
}

/// FOR on one nominee, and on the others what else the layout can say; where it has no columns of theirs, its box.
fn names(words: &Words, item: &Item, election: &Election, turn: usize) -> Pattern {
    let count = election.nominees.len();
    let marks = |nominee: usize| -> Vec<Mark> {
        let column = format!("{}.{}", item.id, election.nominees[nominee].id);
        words.get(&column).into_iter().flatten().filter_map(|word| Mark::parse(word)).collect()
    };
    let chosen = turn % count;
    if !marks(chosen).contains(&Mark::For) {
        let boxes = said(words, item);
        return if boxes.is_empty() { Pattern::Blank } else { boxes[turn % boxes.len()].clone() };
    }
    let on = |nominee: usize| {
        if nominee == chosen {
            return Some(Mark::For);
        }
        let others: Vec<Mark> = marks(nominee).into_iter().filter(|mark| *mark != Mark::For).collect();
        others.get((turn + nominee) % others.len().max(1)).copied()
    };
    Pattern::Names((0..count).map(on).collect())
}
