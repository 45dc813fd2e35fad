//! Every code that the program prints, what it means and what to do: problems of the input, warnings,
//! reasons of dispositions, open matters. The README holds the same rows, and a test compares them.

/// A row of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The code, as messages and documents print it.
    pub code: &'static str,
    /// What stands in the messages of a problem; of other rows nothing.
    pub tells: &'static [&'static str],
    /// What it means.
    pub means: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The row of a problem's message.
///
/// The words are ours and what is quoted is the user's, so only what stands outside the backticks is
/// compared; where the user's text holds backticks itself, all of it is.
#[must_use]
pub fn of_message(message: &str) -> Option<&'static Entry> {
    let own: String = message.split('`').step_by(2).collect();
    let find = |text: &str| PROBLEMS.iter().find(|entry| entry.tells.iter().any(|part| text.contains(part)));
    find(&own).or_else(|| find(message))
}

/// The row of a code among those given.
#[must_use]
pub fn of_code(entries: &'static [Entry], code: &str) -> Option<&'static Entry> {
    entries.iter().find(|entry| entry.code == code)
}

const fn problem(
    code: &'static str,
    tells: &'static [&'static str],
    means: &'static str,
    remedy: &'static str,
) -> Entry {
    Entry { code, tells, means, remedy }
}

const fn finding(code: &'static str, means: &'static str, remedy: &'static str) -> Entry {
    Entry { code, tells: &[], means, remedy }
}

/// The code of a problem that no row describes: of a newer message, until it has one.
pub const UNCLASSIFIED: &str = "input";

/// Problems of the input: nothing is tabulated. The first row that fits is the message's, so those
/// that say more stand first.
pub const PROBLEMS: &[Entry] = &[
    problem(
        "file_missing",
        &["there is no such file"],
        "a required or named file is absent",
        "put it there, or name another in `files` or by a flag",
    ),
    problem(
        "file_unreadable",
        &[
            "cannot be read",
            "is not a plain file",
            "changed while it was being read",
            "changed while the meeting was being read",
        ],
        "no right to read it, a pipe, or a file that is still being written",
        "wait for the export to end; save it as a plain file",
    ),
    problem(
        "file_encoding",
        &["is UTF-16", "which is not UTF-8", "holds a zero byte"],
        "another encoding than UTF-8",
        "save it as UTF-8",
    ),
    problem(
        "file_empty",
        &["the file is empty", "the first line is blank"],
        "no header, or nothing at all",
        "put the header on the first line",
    ),
    problem(
        "file_limit",
        &[
            "the line has",
            "columns; at most",
            "the row has more than",
            "than the 4,294,967,295",
            "more than 4 GiB",
        ],
        "a line over 1 MiB, more than 10,000 columns, or more text than is kept",
        "it is probably another kind of file; see Limits",
    ),
    problem(
        "path_refused",
        &[
            "must be a path inside the meeting's folder",
            "leads outside the meeting's folder",
            "no backslash between its parts",
        ],
        "a path in `files` that leaves the meeting's folder",
        "use relative paths without `..`; name other files by flags",
    ),
    problem(
        "header_delimiter",
        &["the header is one field"],
        "fields are separated by something else",
        "set `delimiter` in meeting.json",
    ),
    problem(
        "header_unknown",
        &["is not a column of", "is renamed to"],
        "a header that is not known",
        "correct it, map it in `columns`, or map it to `null` to ignore it",
    ),
    problem(
        "header_missing",
        &["the required column is missing", "the column is required because"],
        "a column that is needed is not there",
        "add it, or map the header that stands for it in `columns`",
    ),
    problem(
        "header_repeated",
        &["it is already column"],
        "two columns have the same meaning",
        "rename one, or map one to `null` in `columns`",
    ),
    problem("header_blank", &["is empty"], "a column without a header", "name it, or take the column out"),
    problem(
        "row_fields",
        &["but the header has"],
        "a delimiter inside a field that is not quoted, or a row cut off",
        "quote the field; look at the end of the export",
    ),
    problem(
        "row_quotes",
        &["the quote that opens field", "has a quote inside", "goes on after its closing quote"],
        "quotes not as in RFC 4180, or a line break in a field",
        "quote the whole field, double the quotes in it, take line breaks out",
    ),
    problem(
        "line_blank",
        &["the line is blank"],
        "a blank line between rows",
        "remove it; perhaps a row is missing",
    ),
    problem(
        "line_ends",
        &["a carriage return stands inside"],
        "line ends of CR alone, or a stray one",
        "save with LF or CRLF",
    ),
    problem(
        "card_contradiction",
        &[
            "a proxy by mail must say",
            "a ballot has no form of proxy",
            "must be more than zero",
            "joint holders who vote by statute",
        ],
        "cells of a card contradict each other or the register",
        "correct the row as the card is",
    ),
    problem(
        "class_needed",
        &["holds several classes"],
        "which class is meant is not said",
        "fill in `class`; street totals of such an account are given as cards",
    ),
    problem(
        "ruling_refused",
        &[
            "no card has the number",
            "already has a ruling",
            "an item goes with the ruling",
            "a ruling has a reason",
        ],
        "a ruling that cannot be applied",
        "correct rulings.csv; one ruling on a card and item, with its reason",
    ),
    problem("cell_empty", &["must not be empty"], "a required cell or value is blank", "fill it in"),
    problem(
        "holder_list",
        &["names a holder without a name"],
        "a `;` too many, or an interest without a name",
        "write `Bob:60;Carol:40`",
    ),
    problem(
        "amount_as_number",
        &["an amount must be a string"],
        "a number in meeting.json could lose digits in other programs",
        "put it in quotes",
    ),
    problem(
        "amount",
        &[
            "must be digits with at most one decimal point",
            "has more than 6 decimals",
            "the largest amount counted",
        ],
        "not an amount as under Files and formats",
        "take signs, separators and exponents out",
    ),
    problem(
        "amount_total",
        &["10^20", "come to more than can be counted", "comes to more than can be counted"],
        "more votes or shares than are counted",
        "check `votes_per_share`, `votes` and `shares`: a factor is probably wrong",
    ),
    problem(
        "date_or_time",
        &["must be a date", "is not a day of the calendar", "is not a time of day", "must lie in the years"],
        "not a date or time, or one that does not exist",
        "write `2002-11-22` or `2002-11-22T16:05`",
    ),
    problem(
        "time_zone",
        &["is not a time zone"],
        "a zone that the tz database does not name",
        "write a name such as `America/New_York`",
    ),
    problem(
        "mark",
        &["is not a mark", "is not a vote on this item"],
        "a word that is none of the marks of the item",
        "write one of those listed; cumulated votes stand in a nominee's column",
    ),
    problem(
        "reference_unknown",
        &["is not a class", "is not a form of proxy", "is not an item", "is not a nominee of this election"],
        "a class, form, item or nominee that meeting.json does not have",
        "correct the one or the other; often the nearest is named",
    ),
    problem(
        "signer_unknown",
        &["is not a holder of this account"],
        "a `signer` who is not among the register's `holders`",
        "correct the name on one side",
    ),
    problem(
        "word_unknown",
        &["is not known", "is not a registration", "is not a manner", "is not a ruling"],
        "a word that is none of those listed",
        "write one of them, in small letters",
    ),
    problem(
        "account_unknown",
        &["is neither on the register"],
        "an account that omnibus.csv, street.csv, revocations.csv or `excluded_accounts` names and nobody holds",
        "correct it; an unknown account on a card is no problem but a rejected card",
    ),
    problem(
        "row_repeated",
        &["is already on line"],
        "an account, or a card number, twice",
        "find out which row is right; card numbers are unique over all files",
    ),
    problem(
        "register_total",
        &["the voting shares of class"],
        "the register does not add up to the shares outstanding",
        "get the complete register, mark treasury shares `voting: no`, or declare it `\"register\": \"partial\"`",
    ),
    problem(
        "register_votes",
        &["votes stand beside no shares"],
        "votes are stated for a position without shares",
        "correct `shares` or `votes`",
    ),
    problem(
        "expect_differs",
        &["in meeting.json says"],
        "a file is not the one agreed in `expect`",
        "get the right file, or agree on the total again",
    ),
    problem(
        "omnibus_tree",
        &[
            "has left",
            "already has a position",
            "cannot pass voting power to itself",
            "may not vote and cannot be passed on",
            "holds no shares of class",
        ],
        "voting power that cannot be passed on as omnibus.csv says",
        "correct omnibus.csv with the nominee",
    ),
    problem(
        "street_refused",
        &["street totals cannot be given", "is given, but the item has no nominees"],
        "totals that the item cannot take",
        "with cumulative voting in force, or holders counted, give them as cards with `shares`; `nominee` is for elections",
    ),
    problem(
        "json_syntax",
        &["is not JSON"],
        "a comma too many, a comment, a missing bracket",
        "correct meeting.json on that line",
    ),
    problem(
        "json_depth",
        &["deep in each other"],
        "brackets in brackets, more than any meeting has",
        "find out what wrote the file",
    ),
    problem(
        "key_unknown",
        &["is not a known key"],
        "a key that means nothing",
        "the nearest known key is named; see `quorate schema meeting`",
    ),
    problem("key_missing", &["the required key is missing"], "a key that is needed", "add it"),
    problem(
        "key_repeated",
        &["is given twice; the first is"],
        "a key stands twice in an object",
        "take one out",
    ),
    problem(
        "key_misplaced",
        &[
            "means nothing on an item of kind",
            "means something only beside",
            "cannot stand beside",
            "states no shares",
        ],
        "a key that means nothing where it stands",
        "take it out, or move it to the item it was meant for",
    ),
    problem(
        "value_kind",
        &[
            "must be an object, but",
            "must be an array, but",
            "must be a string, but",
            "must be true or false, but",
            "must be a whole number",
            "must be a file's name",
            "must name one file",
            "must name at least one class",
            "must hold 1 to",
            "is nested more than",
        ],
        "another kind of value, or too many or too few",
        "see `quorate schema meeting`, and Limits",
    ),
    problem(
        "fraction",
        &["must be a fraction from 0 to 1", "must have either"],
        "a quorum or test that is none",
        "write `\"1/2\"`, `\"67/100\"` or `\"0.6667\"` under one of the two keys",
    ),
    problem(
        "id_repeated",
        &["is given twice", "is already that of", "is listed twice", "is named twice"],
        "an id, a name or a file twice",
        "choose another, or take one out",
    ),
    problem(
        "id_refused",
        &["is a column of cards.csv", "holds a dot", "is a mark"],
        "an id that could not be told apart in cards.csv",
        "choose another id",
    ),
    problem(
        "standard",
        &[
            "is not a standard",
            "is no test",
            "cannot decide a proposal",
            "and no other standard",
            "and nothing else",
            "has no voting groups",
            "cannot be counted in holders",
            "; nest one in the other",
        ],
        "a standard that is none, or cannot stand there",
        "see Standards",
    ),
    problem(
        "notice_late",
        &["the notice was given after"],
        "cumulative voting is not in force by such a notice",
        "correct the time, or set `\"notice\": null`",
    ),
    problem(
        "form_lists_too_many",
        &["the form lists"],
        "unmarked cards would be void",
        "list as many nominees as there are seats",
    ),
    problem(
        "meeting_contradiction",
        &[
            "names a class that may not vote on the item",
            "cannot serve as the substitute",
            "is already the substitute of",
            "does not say how an unmarked card is voted",
            "votes are cumulated in elections only",
        ],
        "parts of meeting.json contradict each other",
        "correct one of them",
    ),
    problem(
        "dates_contradict",
        &["is after the meeting on", "before the record date", "the polls opened after they closed"],
        "dates that cannot be",
        "correct meeting.json",
    ),
];

/// Warnings: they look wrong and change no figure.
pub const WARNINGS: &[Entry] = &[
    finding(
        "street_totals_differ",
        "a participant's totals are not the same on every item, and its non-votes do not explain it",
        "ask the participant for its totals on that item again",
    ),
    finding(
        "street_lost_digits",
        "as before, and one total would fit with digits in front of it: they were probably cut off",
        "compare the total with the participant's own report",
    ),
    finding(
        "street_same_block",
        "two blocks of a participant hold the same totals",
        "ask whether one block was delivered under two names; it counts twice",
    ),
    finding(
        "street_split_delivery",
        "rows of a delivery do not follow each other, so the later replace the earlier",
        "put the rows of a delivery together, or give the deliveries their own `received`",
    ),
    finding(
        "non_votes_differ",
        "broker non-votes are not the same on all non-routine items",
        "ask the brokers; check `routine` of each item",
    ),
    finding(
        "non_votes_without_routine_item",
        "broker non-votes, though brokers could vote on nothing",
        "check `routine` of the auditor's ratification; else the brokers should not be present",
    ),
    finding(
        "cards_of_no_account",
        "not one card of a file is of a known account",
        "the file may be of another meeting",
    ),
    finding(
        "hidden_characters",
        "account or card numbers, or ids of meeting.json, hold characters that cannot be seen",
        "they are shown as `\\u{200b}`; with them it is another id: correct the file if it should not be",
    ),
    finding(
        "ids_look_alike",
        "ids differ only in what cannot be seen, or in letters of another alphabet that look the same",
        "they are counted apart; find out whether they are two",
    ),
];

/// Why a card has its disposition.
pub const REASONS: &[Entry] = &[
    finding("in_order", "counted as it stands", "nothing"),
    finding(
        "later_proxy",
        "a later proxy of the holder took its shares, or some of them",
        "nothing; if the order is disputed, see `order` and rule with rulings.csv",
    ),
    finding("ballot", "the holder voted by ballot, which goes before every proxy", "nothing"),
    finding("duplicate", "a newer card of the holder took its shares and says the same", "nothing"),
    finding(
        "first_named",
        "a joint holder named earlier on the register acts for the others (`joint_holders`: `first_named`)",
        "nothing",
    ),
    finding("written", "a written revocation came after it", "nothing; the paper stays with the inspector"),
    finding("at_meeting", "the holder was present and revoked it", "nothing"),
    finding(
        "ruled_out",
        "the inspector's ruling rejects it, or one item of it",
        "nothing; the reason stands in rulings.csv",
    ),
    finding(
        "unknown_account",
        "the account is neither on the register nor in omnibus.csv",
        "correct the account number, or get the nominee's omnibus proxy",
    ),
    finding(
        "no_voting_shares",
        "the account has no shares that may vote, or none of the class",
        "check the register: treasury shares, shares passed on, the card's `class`",
    ),
    finding(
        "unsigned",
        "a proxy by mail without a signature",
        "ask the holder for a signed card before the polls close",
    ),
    finding(
        "signature_mismatch",
        "the signature looks like someone else's",
        "inspect it and rule `count` or `reject` in rulings.csv",
    ),
    finding(
        "late",
        "received after the polls closed",
        "nothing; if `received` is wrong, correct it or rule on it",
    ),
    finding("expired", "older than proxies are valid", "nothing; a new card is needed"),
    finding("post_dated", "dated after the meeting", "inspect it and rule on it"),
    finding(
        "same_date_conflict",
        "cards of a holder that nothing orders and that differ",
        "find out which is later, and rule out the other",
    ),
    finding(
        "over_position",
        "a nominee's blocks exceed its position",
        "have the nominee settle its blocks; see `overvote`",
    ),
    finding(
        "joint_conflict",
        "joint holders acted differently, without a majority or an even split",
        "rule on it, or enter the interests in `holders`",
    ),
];

/// Matters that keep a certificate preliminary.
pub const OPEN_MATTERS: &[Entry] = &[
    finding(
        "held_cards",
        "cards await the inspector",
        "rule on each in rulings.csv; `explain --challenges` lists them",
    ),
    finding("polls_open", "meeting.json gives no `polls_close`", "enter it once the polls have closed"),
    finding("as_of", "counted as of an earlier time", "count again without `--as-of`"),
    finding(
        "no_proxy_holder_ballot",
        "proxy holders have not handed in their ballot",
        "enter `ballot_cast` of the form when they have",
    ),
    finding("register_short", "a partial register", "get the complete register"),
    finding(
        "overvote_held",
        "blocks or totals over a position are held",
        "have the participant settle them, or rule on the blocks",
    ),
    finding(
        "allocation_infeasible",
        "totals of the proxy holders that their cards do not permit",
        "correct `cumulative_allocation`; `quorate plan` finds totals that work",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_words_do_not_choose_the_code() {
        let code = |message| of_message(message).map(|entry| entry.code);
        assert_eq!(code("`is not JSON` is not a mark; expected `FOR`"), Some("mark"));
        assert_eq!(code("`a`b` is already on line 2"), Some("row_repeated"));
        assert_eq!(code("says something new"), None);
    }

    #[test]
    fn codes_are_unique_and_their_rows_are_complete() {
        for entries in [PROBLEMS, WARNINGS, REASONS, OPEN_MATTERS] {
            for (place, entry) in entries.iter().enumerate() {
                assert!(entries[..place].iter().all(|other| other.code != entry.code), "{}", entry.code);
                assert!(!entry.means.is_empty() && !entry.remedy.is_empty(), "{}", entry.code);
            }
        }
        assert!(PROBLEMS.iter().all(|entry| !entry.tells.is_empty()));
    }

    /// A part that stands in an earlier row could never be told apart.
    #[test]
    fn no_row_hides_a_later_one() {
        for (place, entry) in PROBLEMS.iter().enumerate() {
            for part in entry.tells {
                let first = PROBLEMS.iter().position(|row| row.tells.iter().any(|tell| part.contains(tell)));
                assert_eq!(first, Some(place), "`{part}` of {} is taken by an earlier row", entry.code);
            }
        }
    }
}
