//! "Rules that a meeting may set, and what the law presets".

use serde_json::Value;

pub struct Rules {
    pub proxy_valid_months: i64,
    pub order: String,
    pub undated: String,
    pub same_date_conflict: String,
    pub joint_holders: String,
    pub attendance_revokes: String,
    pub revocable_until: String,
    pub signature_mismatch: String,
    pub overvote: String,
    pub overmarked_election: String,
    pub over_cumulated: String,
    pub cumulated_without_notice: String,
    pub fractional_votes: String,
    pub cumulative_notice: String,
    pub excluded_count_for_quorum: String,
}

/// One row of the table: the key, then what california, delaware and model_act preset.
const PRESETS: [(&str, [&str; 3]); 15] = [
    ("proxy_valid_months", ["11", "36", "11"]),
    ("order", ["form_date", "received", "received"]),
    ("undated", ["yields_to_dated", "as_received", "as_received"]),
    ("same_date_conflict", ["hold", "quorum_only", "hold"]),
    ("joint_holders", ["statute", "statute", "statute"]),
    ("attendance_revokes", ["on_request", "voting_only", "voting_only"]),
    ("revocable_until", ["voted", "polls_close", "polls_close"]),
    ("signature_mismatch", ["hold", "hold", "hold"]),
    ("overvote", ["first_in", "first_in", "first_in"]),
    ("overmarked_election", ["void", "void", "void"]),
    ("over_cumulated", ["void", "void", "void"]),
    ("cumulated_without_notice", ["cap", "cap", "cap"]),
    ("fractional_votes", ["whole", "whole", "whole"]),
    ("cumulative_notice", ["at_meeting", "of_right", "48_hours_before"]),
    ("excluded_count_for_quorum", ["no", "yes", "yes"]),
];

impl Rules {
    pub fn read(json: &Value) -> Rules {
        let law = match json["law"].as_str().unwrap_or("california") {
            "california" => 0,
            "delaware" => 1,
            "model_act" => 2,
            other => panic!("law `{other}`"),
        };
        let unnamed = json["law"].is_null();
        let rule = |key: &str| -> String {
            // "Cal. Corp. Code § 112 is applied where the meeting says that it is held under that law."
            if unnamed && key == "excluded_count_for_quorum" && json[key].is_null() {
                return "yes".to_string();
            }
            let (_, presets) = PRESETS.iter().find(|(name, _)| *name == key).expect("a rule of the table");
            match &json[key] {
                Value::Null => presets[law].to_string(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }
        };
        Rules {
            proxy_valid_months: rule("proxy_valid_months").parse().expect("a number of months"),
            order: rule("order"),
            undated: rule("undated"),
            same_date_conflict: rule("same_date_conflict"),
            joint_holders: rule("joint_holders"),
            attendance_revokes: rule("attendance_revokes"),
            revocable_until: rule("revocable_until"),
            signature_mismatch: rule("signature_mismatch"),
            overvote: rule("overvote"),
            overmarked_election: rule("overmarked_election"),
            over_cumulated: rule("over_cumulated"),
            cumulated_without_notice: rule("cumulated_without_notice"),
            fractional_votes: rule("fractional_votes"),
            cumulative_notice: rule("cumulative_notice"),
            excluded_count_for_quorum: rule("excluded_count_for_quorum"),
        }
    }
}
