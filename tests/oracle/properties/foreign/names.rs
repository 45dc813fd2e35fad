//! Accounts as registers have them, ten digits, so that they can lose zeros and get hyphens.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Meeting;

/// Gives every account another name, everywhere.
pub fn accounts(meeting: &mut Meeting) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut other = |account: &str| -> String {
        let next = format!("{:010}", 104_417 + 8 * names.len());
        names.entry(account.to_owned()).or_insert(next).clone()
    };
    for table in &mut meeting.tables {
        for column in ["holder", "account"] {
            // The register's `holder` says who holds and is no account.
            if column == "holder" && table.role != "omnibus" {
                continue;
            }
            let Some(place) = table.place(column) else { continue };
            table.rows.iter_mut().for_each(|row| row[place] = other(&row[place]));
        }
    }
    for item in meeting.json["items"].as_array_mut().unwrap() {
        if let Some(excluded) = item["excluded_accounts"].as_array_mut() {
            excluded.iter_mut().for_each(|account| *account = json!(other(account.as_str().unwrap())));
        }
        let by = item.pointer_mut("/cumulative/notice/by");
        if let Some(by) = by.filter(|by| by.as_str().is_some_and(|by| by != "notice_of_meeting")) {
            *by = Value::String(other(by.as_str().unwrap()));
        }
    }
}
