//! How open matters could change an item, in words.

use super::open::Example;
use crate::decide::{Decision, ItemDecision, Outcome};
use crate::determine::claimed;
use crate::load::{AccountId, CardId};
use crate::meeting::{Item, ItemKind};
use crate::prospect::{Allocated, Answer, MarkedAs, Missing, Shown, Step};
use crate::tabulate::Tabulation;
use crate::text::{thousands, visible};

/// How an item could change, which no proof excludes.
pub(super) fn example(tabulation: &Tabulation, place: usize, answer: &Answer) -> Example {
    let item = &tabulation.loaded.meeting.items[place];
    let words = Words { tabulation, item };
    match answer {
        Answer::Shown(shown) => Example {
            item: item.id.clone(),
            shown: true,
            needs: shown.steps.iter().map(|step| words.need(step)).collect(),
            says: words.shown(shown),
        },
        Answer::Never | Answer::NotExcluded => Example {
            item: item.id.clone(),
            shown: false,
            needs: Vec::new(),
            says: format!(
                "It is neither shown nor excluded that item {} could come out otherwise.",
                visible(&item.id)
            ),
        },
    }
}

/// An item with the words for what happens to it.
struct Words<'a> {
    tabulation: &'a Tabulation,
    item: &'a Item,
}

impl Words<'_> {
    fn number(&self, card: CardId) -> &str {
        self.tabulation.loaded.cards.number(card)
    }

    fn account(&self, account: AccountId) -> &str {
        self.tabulation.loaded.accounts.text(account.0)
    }

    fn form(&self, form: usize) -> &str {
        &self.tabulation.loaded.meeting.forms[form].id
    }

    fn nominee(&self, nominee: usize) -> &str {
        self.item.election().map_or("", |election| election.nominees[nominee].name.as_str())
    }

    /// As a key of the certificate: short, and the same in every language of certificates.
    fn need(&self, step: &Step) -> String {
        match step {
            Step::Count(card) => format!("count {}", self.number(*card)),
            Step::Reject(card) => format!("reject {}", self.number(*card)),
            Step::IsOf(card, account) => format!("{} is of {}", self.number(*card), self.account(*account)),
            Step::Release(card) => format!("count {} as far as there is room", self.number(*card)),
            Step::CountTotals(account) => {
                format!("count the totals of {} as far as there is room", self.account(*account))
            }
            Step::RejectTotals(account) => format!("reject the totals of {}", self.account(*account)),
            Step::NoBallot(form) => format!("no ballot for form {}", self.form(usize::from(*form))),
            Step::Missing(missing) => self.missing(missing),
            Step::Allocate(allocated) => self.allocated(allocated),
        }
    }

    fn missing(&self, missing: &Missing) -> String {
        let class = &self.tabulation.electorate.classes[missing.class];
        let votes = thousands(&class.missing_votes.to_string());
        let name = &self.tabulation.loaded.meeting.classes[missing.class].id;
        let marked = match missing.marked {
            MarkedAs::NotVoted => "present and not voted".to_owned(),
            MarkedAs::For => "for".to_owned(),
            MarkedAs::Against => "against".to_owned(),
            MarkedAs::Choice(choice) => match &self.item.kind {
                ItemKind::Frequency(choices) => format!("for {}", choices[choice].id),
                ItemKind::Election(_) | ItemKind::Proposal(_) => String::new(),
            },
            MarkedAs::Nominee(nominee) => format!("for {}", self.nominee(nominee)),
        };
        format!("up to {votes} votes of class {name} that the register lacks: {marked}")
    }

    fn allocated(&self, allocated: &Allocated) -> String {
        let form = self.form(allocated.form);
        match allocated.nominee {
            Some(nominee) => {
                format!("all that the cards of form {form} permit for {}", self.nominee(nominee))
            }
            None => format!("the pools of form {form} allocated level"),
        }
    }

    /// `Item 2 would fail if C-0017 (48,000 shares) were counted; nothing else could change it.`
    fn shown(&self, shown: &Shown) -> String {
        let conditions: Vec<String> = shown.steps.iter().map(|step| self.condition(step)).collect();
        let only = if shown.is_only { "; nothing else could change it" } else { "" };
        format!(
            "Item {} would {} if {}{only}.",
            visible(&self.item.id),
            self.becomes(&shown.then),
            conditions.join(" and ")
        )
    }

    fn condition(&self, step: &Step) -> String {
        let card = |card: CardId| {
            let loaded = &self.tabulation.loaded;
            let shares = claimed(loaded, &self.tabulation.electorate, &loaded.cards.get(card));
            format!("{} ({} shares)", visible(self.number(card)), thousands(&shares.to_string()))
        };
        match step {
            Step::Count(id) => format!("{} were counted", card(*id)),
            Step::Reject(id) => format!("{} were rejected", card(*id)),
            Step::IsOf(id, account) => {
                format!("{} were of account {}", visible(self.number(*id)), visible(self.account(*account)))
            }
            Step::Release(id) => format!("{} were counted as far as there is room", card(*id)),
            Step::CountTotals(account) => {
                format!(
                    "the totals of {} were counted as far as there is room",
                    visible(self.account(*account))
                )
            }
            Step::RejectTotals(account) => {
                format!("the totals of {} were rejected", visible(self.account(*account)))
            }
            Step::NoBallot(form) => {
                format!("no ballot were cast for form {}", visible(self.form(usize::from(*form))))
            }
            Step::Missing(missing) => format!("there were {}", visible(&self.missing(missing))),
            Step::Allocate(allocated) => {
                format!("the proxy holders cast {}", visible(&self.allocated(allocated)))
            }
        }
    }

    /// What becomes of the item: `fail`, `elect Ann and Bob`.
    fn becomes(&self, then: &ItemDecision) -> String {
        let names = |places: &[usize]| -> String {
            let names: Vec<&str> = match &self.item.kind {
                ItemKind::Election(election) => {
                    places.iter().map(|place| election.nominees[*place].name.as_str()).collect()
                }
                ItemKind::Frequency(choices) => {
                    places.iter().map(|place| choices[*place].name.as_str()).collect()
                }
                ItemKind::Proposal(_) => Vec::new(),
            };
            visible(&names.join(", ")).into_owned()
        };
        let (_, winners, tied) = then.verdict();
        match then.outcome {
            Outcome::Approved => "be approved".to_owned(),
            Outcome::NotApproved if matches!(then.decision, Decision::Frequency(_)) => {
                "choose nothing".to_owned()
            }
            Outcome::NotApproved => "fail".to_owned(),
            Outcome::Elected => format!("elect {}", names(&winners)),
            Outcome::Tied if winners.is_empty() => format!("be tied between {}", names(&tied)),
            Outcome::Tied => format!("elect {} and be tied between {}", names(&winners), names(&tied)),
            Outcome::NoneElected => "elect nobody".to_owned(),
            Outcome::Chosen => format!("choose {}", names(&winners)),
            Outcome::NoQuorum => "have no quorum".to_owned(),
            Outcome::Withdrawn => "be withdrawn".to_owned(),
        }
    }
}
