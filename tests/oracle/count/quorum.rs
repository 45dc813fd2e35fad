//! Decide: the quorum.

use serde_json::{Value, json};

use crate::amounts::{Amount, show, zero};
use crate::count::pieces::Determined;

pub struct Quorum {
    pub required: Amount,
    pub met: bool,
    pub json: Value,
}

/// "Required quorum, whole outstanding O: `more_than` 1/2 → ⌊O/2⌋+1 …; generally the smallest whole number of votes that
/// satisfies it." "`\"by_class\": true` asks it of each class too".
pub fn quorum(all: &Determined) -> Quorum {
    let meeting = &all.folder.meeting;
    let mut total_outstanding = zero();
    let mut total_present = zero();
    let mut every_class = true;
    let mut by_class = Vec::new();
    for class in &meeting.classes {
        let outstanding = all.ledger.outstanding[&class.id].clone();
        let present = present(all, &class.id);
        let required = meeting.quorum.smallest_whole_number(&outstanding);
        let met = present >= required;
        every_class &= met;
        by_class.push(json!({
            "class": class.id,
            "outstanding": show(&outstanding),
            "required": show(&required),
            "present": show(&present),
            "met": met,
        }));
        total_outstanding += outstanding;
        total_present += present;
    }
    let required = meeting.quorum.smallest_whole_number(&total_outstanding);
    let met = total_present >= required && (every_class || !meeting.quorum_by_class);
    let mut json = json!({
        "outstanding": show(&total_outstanding),
        "required": show(&required),
        "present": show(&total_present),
        "met": met,
    });
    if meeting.quorum_by_class {
        json["by_class"] = json!(by_class);
    }
    Quorum { required, met, json }
}

/// The votes present of a class.
fn present(all: &Determined, class: &str) -> Amount {
    let mut votes = zero();
    for position in all.ledger.positions.iter().filter(|p| p.class == class) {
        votes += all.votes_present(position);
    }
    votes
}
