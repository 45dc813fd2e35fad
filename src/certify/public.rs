//! The certificate for everybody: the same results, and nothing that tells how anybody voted.
//!
//! Policies of confidential voting, and those who publish results, ask for it.

use super::Certificate;

/// In place of the name of who gave notice of cumulative voting.
const A_HOLDER: &str = "a shareholder";

/// In place of an account that votes as others do.
pub(crate) const AN_ACCOUNT: &str = "an account";

/// What the reader is told instead of the notes, which name cards.
const LEFT_OUT: &str = "Accounts, holders and cards are left out of this copy; the ledger of every card stands by \
     its SHA-256 alone.";

impl Certificate {
    /// The same results without accounts, holders or cards.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        for matter in &mut self.open_matters {
            matter.card_numbers.clear();
            matter.says = sentence(matter.code.entry().means);
            for example in &mut matter.examples {
                example.needs.clear();
                let shown = if example.shown { "It is shown" } else { "It is neither shown nor excluded" };
                example.says = format!("{shown} that item {} could come out otherwise.", example.item);
            }
        }
        for warning in &mut self.warnings {
            warning.account = None;
            warning.says = warning.code.entry().means.to_owned();
        }
        self.warnings.sort();
        self.warnings.dedup();
        for read in self.inputs.iter_mut().filter_map(|input| input.as_read.as_mut()) {
            read.not_read.iter_mut().for_each(|line| line.text.clear());
        }
        self.exceptions.clear();
        self.reconciliation.clear();
        self.rulings.clear();
        for item in &mut self.items {
            item.excluded_accounts.clear();
            item.proportional.iter_mut().for_each(|one| one.account = AN_ACCOUNT.to_owned());
            // Who watched may be a holder.
            item.lot.iter_mut().for_each(|lot| lot.witnesses = None);
            if let Some(cumulative) = &mut item.cumulative {
                cumulative.notice_by = cumulative.notice_by.take().map(|_| A_HOLDER.to_owned());
            }
        }
        self.notes = vec![LEFT_OUT.to_owned()];
        self
    }
}

fn sentence(means: &str) -> String {
    let mut letters = means.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
