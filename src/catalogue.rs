//! Every code that the program prints, what it means and what to do: problems of the input, warnings,
//! reasons of dispositions, open matters. They are the page `codes` of the manual.
//!
//! A code is given where the thing it names is found out, never guessed from the words of a message.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A row of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The code, as messages and documents print it.
    pub code: &'static str,
    /// What it means.
    pub means: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The row of a code among those given.
#[must_use]
pub fn of_code(entries: &'static [Entry], code: &str) -> Option<&'static Entry> {
    entries.iter().find(|entry| entry.code == code)
}

const fn finding(code: &'static str, means: &'static str, remedy: &'static str) -> Entry {
    Entry { code, means, remedy }
}

/// An enum of codes, each with its row: `Variant = "code": "what it means", "what to do";`.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal: $means:literal, $remedy:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $means] #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Every row, in the same order.
            pub const ENTRIES: &'static [Entry] = &[$(finding($code, $means, $remedy),)*];

            /// The row of this code.
            #[must_use]
            pub const fn entry(self) -> &'static Entry {
                &Self::ENTRIES[self as usize]
            }

            /// The code as messages and documents print it.
            #[must_use]
            pub const fn code(self) -> &'static str {
                self.entry().code
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

codes! {
    /// The code of a problem of the input: with one, nothing is tabulated.
    Code {
        FileMissing = "file_missing": "a required or named file is absent", "put it there, or name another in `files` or by a flag";
        FileUnreadable = "file_unreadable": "no right to read it, a pipe, or a file that is still being written", "wait for the export to end; save it as a plain file";
        FileEncoding = "file_encoding": "another encoding than UTF-8", "save it as UTF-8";
        FileEmpty = "file_empty": "no header, or nothing at all", "put the header on the first line";
        FileLimit = "file_limit": "a line over 1 MiB, more than 10,000 columns, or more text than is kept", "it is probably another kind of file; see `quorate manual limits`";
        PathRefused = "path_refused": "a path in `files` that leaves the meeting's folder", "use relative paths without `..`; name other files by flags";
        HeaderDelimiter = "header_delimiter": "fields are separated by something else", "set `delimiter` in meeting.json";
        HeaderUnknown = "header_unknown": "a header that is not known", "correct it, map it in `columns`, or map it to `null` to ignore it";
        HeaderMissing = "header_missing": "a column that is needed is not there", "add it, or map the header that stands for it in `columns`";
        HeaderRepeated = "header_repeated": "two columns have the same meaning", "rename one, or map one to `null` in `columns`";
        HeaderBlank = "header_blank": "a column without a header", "name it, or take the column out";
        RowFields = "row_fields": "a delimiter inside a field that is not quoted, or a row cut off", "quote the field; look at the end of the export";
        RowQuotes = "row_quotes": "quotes not as in RFC 4180, or a line break in a field", "quote the whole field, double the quotes in it, take line breaks out";
        LineBlank = "line_blank": "a blank line between rows", "remove it; perhaps a row is missing";
        LineEnds = "line_ends": "line ends of CR alone, or a stray one", "save with LF or CRLF";
        CardContradiction = "card_contradiction": "cells of a card contradict each other or the register", "correct the row as the card is";
        ClassNeeded = "class_needed": "which class is meant is not said", "fill in `class`; street totals of such an account are given as cards";
        RulingRefused = "ruling_refused": "a ruling that cannot be applied", "correct rulings.csv: each row on one thing, one ruling on each, with its reason";
        LotRefused = "lot_refused": "a lot that cannot be: of persons who are not tied, drawn otherwise than its digits say, or a second one", "correct lots.csv: a row for each tie, with each tied nominee once in the order drawn; `quorate lot` writes it";
        CorrectionRefused = "correction_refused": "a correcting row that corrects nothing", "key the card first; `replaces` and `withdraws` are of a row before in the same file";
        ResolutionRefused = "resolution_refused": "a difference between two keyings that is not settled so", "settle it from the paper, by neither of the two clerks, with `by`, `at` and `reason`";
        KeyingDiffers = "keying_differs": "a file of cards is not what its two keyings and their resolutions make", "run `quorate reconcile` again, and do not alter what it writes";
        CellEmpty = "cell_empty": "a required cell or value is blank", "fill it in";
        HolderList = "holder_list": "a `;` too many, or an interest without a name", "write `Bob:60;Carol:40`";
        AmountAsNumber = "amount_as_number": "a number in meeting.json could lose digits in other programs", "put it in quotes";
        Amount = "amount": "not an amount as `quorate manual files` has it", "take signs, separators and exponents out";
        AmountTotal = "amount_total": "more votes or shares than are counted", "check `votes_per_share`, `votes` and `shares`: a factor is probably wrong";
        DateOrTime = "date_or_time": "not a date or time, or one that does not exist", "write `2002-11-22` or `2002-11-22T16:05`";
        TimeZone = "time_zone": "a zone that the tz database does not name", "write a name such as `America/New_York`";
        TestCard = "test_card": "a card number that begins with `TEST-`, in a meeting that is held", "take the test cards out, or set `\"mode\": \"test\"` for a trial";
        Mark = "mark": "a word that is none of the marks of the item", "write one of those listed; cumulated votes stand in a nominee's column";
        ReferenceUnknown = "reference_unknown": "a class, form, item or nominee that meeting.json does not have", "correct the one or the other; often the nearest is named";
        SignerUnknown = "signer_unknown": "a `signer` who is not among the register's `holders`", "correct the name on one side";
        WordUnknown = "word_unknown": "a word that is none of those listed", "write one of them, in small letters";
        AccountUnknown = "account_unknown": "an account that omnibus.csv, street.csv, revocations.csv, `excluded_accounts` or `proportional` names and nobody holds", "correct it; an unknown account on a card is no problem but a rejected card";
        RowRepeated = "row_repeated": "an account, or a card number, twice", "find out which row is right; card numbers are unique over all files";
        RegisterTotal = "register_total": "the register does not add up to the shares outstanding", "get the complete register, mark treasury shares `voting: no`, or declare it `\"register\": \"partial\"`";
        HolderDiffers = "holder_differs": "rows of one account name different holders in the column `holder`", "write the same text on every row of the account";
        RegisterVotes = "register_votes": "votes are stated for a position without shares", "correct `shares` or `votes`";
        ExpectDiffers = "expect_differs": "a file is not the one agreed in `expect`", "get the right file, or agree on the total again";
        OmnibusTree = "omnibus_tree": "voting power that cannot be passed on as omnibus.csv says", "correct omnibus.csv with the nominee";
        StreetRefused = "street_refused": "totals that the item cannot take", "with cumulative voting in force, or holders counted, give them as cards with `shares`; `nominee` is for elections";
        JsonSyntax = "json_syntax": "a comma too many, a comment, a missing bracket", "correct meeting.json on that line";
        JsonDepth = "json_depth": "brackets in brackets, more than any meeting has", "find out what wrote the file";
        KeyUnknown = "key_unknown": "a key that means nothing", "the nearest known key is named; see `quorate schema meeting`";
        KeyMissing = "key_missing": "a key that is needed", "add it";
        KeyRepeated = "key_repeated": "a key stands twice in an object", "take one out";
        KeyMisplaced = "key_misplaced": "a key that means nothing where it stands", "take it out, or move it to the item it was meant for";
        ValueKind = "value_kind": "another kind of value, or too many or too few", "see `quorate schema meeting`, and `quorate manual limits`";
        Fraction = "fraction": "a quorum or test that is none", "write `\"1/2\"`, `\"67/100\"` or `\"0.6667\"` under one of the two keys";
        IdRepeated = "id_repeated": "an id, a name or a file twice", "choose another, or take one out";
        IdRefused = "id_refused": "an id that could not be told apart in cards.csv", "choose another id";
        Standard = "standard": "a standard that is none, or cannot stand there", "see `quorate manual standards`";
        NoticeLate = "notice_late": "cumulative voting is not in force by such a notice", "correct the time, or set `\"notice\": null`";
        FormListsTooMany = "form_lists_too_many": "unmarked cards would be void", "list as many nominees as there are seats";
        MeetingContradiction = "meeting_contradiction": "parts of meeting.json contradict each other", "correct one of them";
        LayoutUnknown = "layout_unknown": "a layout that says what it cannot mean, or leaves something open", "correct the layout on that line; `quorate manual layouts` tells its keys";
        LayoutWord = "layout_word": "a word, code, mark or type of record that the layout does not know", "add it to `words`, `items` or `records` of the layout, or correct the file";
        LayoutNominee = "layout_nominee": "a name on the line of exceptions that is no nominee", "add the name to `nominees` of the layout, or correct the file";
        LayoutDate = "layout_date": "a date or time that is not of the layout's format, whole", "correct `format`, or the cell";
        LayoutAmount = "layout_amount": "an amount that is not written as the layout says, or a number that a workbook does not keep exactly", "correct `thousands`, `decimal` or `implied_decimals`, or the cell";
        LayoutWidth = "layout_width": "a line, field or vote string that is shorter or longer than the layout reads", "correct `take`, `width` or `positions`; look whether the file was cut";
        LayoutRows = "layout_rows": "rows that are one card or one position contradict each other", "correct the rows, or tell them apart by another column";
        LayoutStates = "layout_states": "the file does not say of itself what the layout expects", "it is probably the file of another meeting";
        ControlTotal = "control_total": "the file's own totals are not those of the rows read, or are missing", "get the whole file again; the trailer or total row says what it should hold";
        Workbook = "workbook": "a file that is no xlsx workbook, or holds more than is read", "save it again in a spreadsheet program, or save the sheet as CSV";
        DatesContradict = "dates_contradict": "dates that cannot be", "correct meeting.json";
    }
}

codes! {
    /// The code of a warning: it looks wrong and changes no figure.
    WarningCode {
        FileNotRead = "file_not_read": "a file in the meeting's folder that nothing names, or a default file that another stands in for", "name it in `files`, give it its right name, or take it out of the folder";
        NoCards = "no_cards": "the polls have closed, and there is neither a card nor a street total", "name the card files in `files`; is it the folder of another meeting?";
        StreetTotalsDiffer = "street_totals_differ": "a participant's totals are not the same on every item, and its non-votes do not explain it", "ask the participant for its totals on that item again";
        StreetLostDigits = "street_lost_digits": "as before, and one total would fit with digits in front of it: they were probably cut off", "compare the total with the participant's own report";
        StreetSameBlock = "street_same_block": "two blocks of a participant hold the same totals", "ask whether one block was delivered under two names; it counts twice";
        StreetSplitDelivery = "street_split_delivery": "rows of a delivery do not follow each other, so the later replace the earlier", "put the rows of a delivery together, or give the deliveries their own `received`";
        NonVotesDiffer = "non_votes_differ": "broker non-votes are not the same on all non-routine items", "ask the brokers; check `routine` of each item";
        NonVotesWithoutRoutineItem = "non_votes_without_routine_item": "broker non-votes, though brokers could vote on nothing", "check `routine` of the auditor's ratification; else the brokers should not be present";
        CardsOfNoAccount = "cards_of_no_account": "not one card of a file is of a known account", "the file may be of another meeting";
        HiddenCharacters = "hidden_characters": "account or card numbers, or ids of meeting.json, hold characters that cannot be seen", "they are shown as `\\u{200b}`; with them it is another id: correct the file if it should not be";
        NumbersCut = "numbers_cut": "written numbers that are no whole votes were cut", "set `fractional_votes` to `six_decimals` where parts of a vote count";
        NumbersCapped = "numbers_capped": "numbers over the shares' votes were capped, because nobody gave notice of cumulative voting", "find out whether notice was given; enter it under `cumulative`";
        WithheldIgnored = "withheld_ignored": "most marks withhold, and the election's standard does not count them", "check the standard; `for_against_withheld` is a base that does";
        NonvoteOfIndividual = "nonvote_of_individual": "a broker non-vote on the card of an individual, who is no broker", "look at the card again; check `registration`";
        NamesRepeat = "names_repeat": "accounts of one name where holders are counted by head", "find out whether they are one holder; say so in the register's column `holder`";
        QuorumFloor = "quorum_floor": "a quorum under a third of the votes", "check the articles and bylaws";
        RecordDateWindow = "record_date_window": "a record date too near the first session, or too long before it", "check the dates";
        AdjournedTooLong = "adjourned_too_long": "adjourned so long that a new record date or notice is asked", "check the dates, and whether it was fixed or given";
        IdsLookAlike = "ids_look_alike": "ids differ only in what cannot be seen, or in letters of another alphabet that look the same", "they are counted apart; find out whether they are two";
        UnknownAccounts = "unknown_accounts": "cards of accounts that are neither on the register nor in omnibus.csv", "correct the account, or get the nominee's omnibus proxy; the nearest account is seldom the right one";
        BallotAfterVote = "ballot_after_vote": "a ballot came after the proxy holders had voted the holder's shares (`revocable_until`: `voted`)", "tell the holder; rule on it where the proxy had been revoked before";
        RevocationWithoutEffect = "revocation_without_effect": "a revocation that revokes no proxy: none is there, a later one stands, it came too late, or presence alone revokes nothing", "look whether the account and the dates are right";
        CountedByRuling = "counted_by_ruling": "cards that stand by the inspector's ruling alone: late, unsigned, expired, revoked, displaced", "read the reasons in rulings.csv; both sides will";
        RulingWithoutEffect = "ruling_without_effect": "a ruling that changes nothing", "look whether it names the right card";
        LotNotUsed = "lot_not_used": "a lot was drawn, and the count does not use it: nothing is tied there, it was drawn on another count, a matter is open, or meeting.json provides no lot", "if there is a tie to break, have the lot drawn again on this count; else strike out the row";
        LotNotBound = "lot_not_bound": "a lot does not say on which count it was drawn", "end `method` with ` on ` and the fingerprint of the tied certificate, if it was this one";
        BlankDisplacesMarks = "blank_displaces_marks": "a later paper that is blank on an item took the shares of one that marked it", "nothing; the later paper speaks for all items";
        UndatedRowsAsOf = "undated_rows_as_of": "street totals without `received` in a count `--as-of`", "fill in `received`";
        Overvote = "overvote": "a nominee's blocks or totals come to more than its position", "have the participant settle them";
    }
}

codes! {
    /// The code of a matter that keeps a certificate preliminary.
    MatterCode {
        HeldCards = "held_cards": "cards await the inspector", "rule on each in rulings.csv; `explain --challenges` lists them";
        PollsOpen = "polls_open": "meeting.json gives no `polls_close`", "enter it once the polls have closed";
        AsOf = "as_of": "counted as of an earlier time", "count again without `--as-of`";
        NoProxyHolderBallot = "no_proxy_holder_ballot": "proxy holders have not handed in their ballot", "enter `ballot_cast` of the form when they have";
        RegisterShort = "register_short": "a partial register", "get the complete register";
        OvervoteHeld = "overvote_held": "blocks or totals over a position are held", "have the participant settle them, or rule on the blocks";
        NearAccounts = "near_accounts": "a card or row of an account that is not there, but equals exactly one that is when case, spaces, punctuation and leading zeros are set aside", "rule `account` and say whose it is, or `reject`, in rulings.csv";
        NoticeAfterBallot = "notice_after_ballot": "ballots came before the notice of cumulative voting", "find out when the voting began; correct the notice or the times";
        AllocationInfeasible = "allocation_infeasible": "totals of the proxy holders that their cards do not permit", "correct `cumulative_allocation`; `quorate plan` finds totals that work";
    }
}

impl Code {
    /// What is wrong, with this code; its place is told by whoever reports it.
    #[must_use]
    pub fn fault(self, message: impl Into<String>) -> Fault {
        Fault { code: self, message: message.into() }
    }
}

/// What is wrong with an input and what was expected, without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of problem it is.
    pub code: Code,
    /// What to tell the user.
    pub message: String,
}

/// Problems of the input: nothing is tabulated.
pub const PROBLEMS: &[Entry] = Code::ENTRIES;

/// Warnings: they look wrong and change no figure.
pub const WARNINGS: &[Entry] = WarningCode::ENTRIES;

/// Matters that keep a certificate preliminary.
pub const OPEN_MATTERS: &[Entry] = MatterCode::ENTRIES;

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
    finding(
        "after_vote",
        "the proxy holders had voted the shares, or the proxies of its form, before it came (`revocable_until`: `voted`)",
        "where it is held, ask the proxy holders whether their ballot included it, and rule `count` or `reject`",
    ),
    finding(
        "irrevocable_proxy",
        "an irrevocable proxy of the holder has its shares, or some of them",
        "nothing; if the interest is disputed, rule on the irrevocable proxy",
    ),
    finding(
        "contradiction",
        "the card contradicts itself: a ballot with a form, a signer the register does not name, shares without a class",
        "look at the card, and rule `count` or `reject` in rulings.csv",
    ),
    finding(
        "part_of_joint",
        "a joint holder's card for a part of shares that joint holders vote together",
        "rule `count` (it then speaks for all) or `reject`",
    ),
    finding(
        "death",
        "word of the holder's death or incapacity came",
        "nothing; an executor's later proxy stands",
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
    finding("not_yet_received", "it had not come by the time of the count (`--as-of`)", "nothing"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_their_rows_are_complete() {
        for entries in [PROBLEMS, WARNINGS, REASONS, OPEN_MATTERS] {
            for (place, entry) in entries.iter().enumerate() {
                assert!(entries[..place].iter().all(|other| other.code != entry.code), "{}", entry.code);
                assert!(!entry.means.is_empty() && !entry.remedy.is_empty(), "{}", entry.code);
            }
        }
    }

    #[test]
    fn every_code_finds_its_own_row() {
        for (place, code) in Code::ALL.iter().enumerate() {
            assert_eq!(code.entry(), &PROBLEMS[place]);
        }
        assert_eq!(Code::CellEmpty.to_string(), "cell_empty");
        assert_eq!(WarningCode::IdsLookAlike.code(), "ids_look_alike");
        assert_eq!(MatterCode::HeldCards.code(), "held_cards");
    }
}
