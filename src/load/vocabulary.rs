//! The words that the columns of a meeting's files may hold, for layouts that translate into them.

use super::Role;
use crate::ballot::Layout as MarkColumns;
use crate::layout::Vocabulary;
use crate::meeting::{ItemKind, Meeting};

/// Marks, long and short.
const MARKS: [&str; 12] =
    ["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID", "F", "A", "B", "W", "N", "V"];

/// Those of a meeting. Of items that are at fault nothing is said.
pub(super) fn of(meeting: &Meeting, role: Role, has_all_items: bool) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let mut add = |column: &str, words: Vec<String>| {
        vocabulary.words.insert(column.to_owned(), words);
    };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    add("class", meeting.classes.iter().map(|class| class.id.clone()).collect());
    match role {
        Role::Register => {
            add("registration", owned(&super::register::Registration::all_names()));
            add("voting", owned(&["yes", "no"]));
        }
        Role::Cards => {
            add("kind", owned(&["proxy", "ballot"]));
            add("medium", owned(&["mail", "telephone", "internet", "in_person"]));
            add("signed", owned(&["yes", "no", "mismatch"]));
            add("form", meeting.forms.iter().map(|form| form.id.clone()).collect());
        }
        Role::Meeting | Role::Omnibus | Role::Street | Role::Revocations | Role::Rulings | Role::Lots => {}
    }
    if !has_all_items {
        return vocabulary;
    }
    if role == Role::Cards {
        for column in MarkColumns::of(&meeting.items).columns {
            add(&column.header, marks_of(&meeting.items[column.item].kind));
        }
    }
    if matches!(role, Role::Street | Role::Cards) {
        add("vote", meeting.items.iter().flat_map(|item| marks_of(&item.kind)).collect());
    }
    if role == Role::Street {
        add("item", meeting.items.iter().map(|item| item.id.clone()).collect());
    }
    let nominees = |kind: &ItemKind| match kind {
        ItemKind::Election(election) => election.nominees.iter().map(|n| n.id.clone()).collect(),
        ItemKind::Proposal(_) | ItemKind::Frequency(_) => Vec::new(),
    };
    vocabulary.items = meeting.items.iter().map(|item| (item.id.clone(), nominees(&item.kind))).collect();
    vocabulary
}

fn marks_of(kind: &ItemKind) -> Vec<String> {
    let choices = match kind {
        ItemKind::Frequency(choices) => choices.iter().map(|choice| choice.id.clone()).collect(),
        ItemKind::Election(_) | ItemKind::Proposal(_) => Vec::new(),
    };
    MARKS.iter().map(|mark| (*mark).to_owned()).chain(choices).collect()
}
