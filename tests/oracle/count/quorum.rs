//! Decide: the quorum of the meeting, of each item, of its classes and groups.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::amounts::{Amount, show, whole, zero};
use crate::count::pieces::{Determined, entitled};
use crate::count::positions::Position;
use crate::meeting::{Item, Quorum, QuorumTest};

pub struct Quorate {
    pub required: Amount,
    pub met: bool,
    pub json: Value,
}

/// "The headline quorum of the certificate is that of all votes outstanding"; "never the headline" without the
/// excluded.
pub fn headline(all: &Determined) -> Quorate {
    let meeting = &all.folder.meeting;
    let classes: Vec<String> = meeting.classes.iter().map(|class| class.id.clone()).collect();
    of_classes(all, &meeting.quorum, &classes, &|_| true)
}

/// "Each item has its own required quorum: the meeting's fraction (or `items[].quorum`, a fraction of its own) of the
/// votes outstanding and entitled *on that item*; present and entitled on it must reach it. Votes of classes that do
/// not vote on the item play no part. `by_class: true` asks the quorum also of each class that votes on the item, and of
/// no other."
pub fn of_item(all: &Determined, item: &Item) -> Quorate {
    of_classes(all, rule(all, item), &item.entitled_classes, &|position| counts(all, item, position))
}

/// "A voting group can act only if its own quorum is present (the meeting's fraction of the group's outstanding)"; "the
/// fraction is the item's where it has one".
pub fn of_group(all: &Determined, item: &Item, classes: &[String]) -> Quorate {
    let rule = Quorum { by_class: false, ..rule(all, item).clone() };
    of_classes(all, &rule, classes, &|position| counts(all, item, position))
}

fn rule<'a>(all: &'a Determined, item: &'a Item) -> &'a Quorum {
    item.quorum.as_ref().unwrap_or(&all.folder.meeting.quorum)
}

/// "Under `excluded_count_for_quorum: yes` excluded votes are in the item's `required` and in its present for the
/// quorum …; under `no` they leave its groups and classes too".
fn counts(all: &Determined, item: &Item, position: &Position) -> bool {
    entitled(position, item) || all.folder.meeting.rules.excluded_count_for_quorum == "yes"
}

fn of_classes(
    all: &Determined,
    rule: &Quorum,
    classes: &[String],
    counts: &dyn Fn(&Position) -> bool,
) -> Quorate {
    let mut quorate = judge(all, rule, classes, counts);
    if rule.by_class {
        let mut by_class = Vec::new();
        for class in classes {
            let own = judge(all, rule, std::slice::from_ref(class), counts);
            quorate.met &= own.met;
            let mut shown = json!({"class": class, "met": own.met});
            for key in ["outstanding", "required", "present"] {
                shown[key] = own.json[key].clone();
            }
            by_class.push(shown);
        }
        quorate.json["by_class"] = json!(by_class);
        quorate.json["met"] = json!(quorate.met);
    }
    quorate
}

/// "generally the smallest whole number of votes that satisfies it"; "A quorum is at least one vote"; "In an `all_of`
/// quorum, `required` is the largest number of votes asked; heads stand under `quorum.tests`."
fn judge(all: &Determined, rule: &Quorum, classes: &[String], counts: &dyn Fn(&Position) -> bool) -> Quorate {
    let mut outstanding = zero();
    for class in classes {
        outstanding += &all.ledger.outstanding[class];
    }
    let here = || all.ledger.positions.iter().filter(|position| classes.contains(&position.class));
    for position in here().filter(|position| !counts(position)) {
        outstanding -= position.votes_of(&position.votable());
    }
    let mut present = zero();
    let mut heads = BTreeSet::new();
    let mut heads_present = BTreeSet::new();
    for position in here().filter(|position| counts(position)) {
        let votes = all.votes_present(position);
        let head = all.ledger.head_of(&position.account);
        if position.votes_of(&position.votable()) > zero() {
            heads.insert(head.clone());
        }
        if votes > zero() {
            heads_present.insert(head);
        }
        present += votes;
    }
    let mut required = whole(1);
    let mut met = true;
    let mut tests = Vec::new();
    let (heads, heads_present) = (heads.len() as i64, heads_present.len() as i64);
    for test in &rule.tests {
        let (asked, by_heads) = match test {
            QuorumTest::Votes(fraction) => (fraction.smallest_whole_number(&outstanding), false),
            QuorumTest::Heads(fraction) => (fraction.smallest_whole_number(&whole(heads)), true),
            QuorumTest::AtLeastHeads(count) => (whole(*count), true),
        };
        let asked = std::cmp::max(asked, whole(1));
        let is_met = if by_heads { whole(heads_present) >= asked } else { present >= asked };
        met &= is_met;
        tests.push(if by_heads {
            json!({
                "counting": "holders", "outstanding": show(&whole(heads)), "required": show(&asked),
                "present": show(&whole(heads_present)), "met": is_met,
            })
        } else {
            json!({
                "counting": "votes", "outstanding": show(&outstanding), "required": show(&asked),
                "present": show(&present), "met": is_met,
            })
        });
        if !by_heads && asked > required {
            required = asked;
        }
    }
    met &= present >= required;
    let mut json = json!({
        "outstanding": show(&outstanding),
        "required": show(&required),
        "present": show(&present),
        "met": met,
    });
    if rule.tests.iter().any(|test| !matches!(test, QuorumTest::Votes(_))) {
        json["tests"] = json!(tests);
    }
    Quorate { required, met, json }
}
