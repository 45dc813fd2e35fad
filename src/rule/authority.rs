//! What the rules cite: every section, case and rule, what it is about, where it can be read, and when
//! it was read there last.
//!
//! An entry without a day was cited from what others write of it. The copies are secondary ones: before
//! anybody relies on a section it is read in the official text, as amended to the day of the meeting.

/// Something that can be cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority {
    /// As it is cited, without the subdivision: `Cal. Corp. Code § 705`.
    pub name: &'static str,
    /// What it is about.
    pub subject: &'static str,
    /// Where it can be read.
    pub address: Option<&'static str>,
    /// The day on which it was read there, as `2026-11-28`.
    pub read: Option<&'static str>,
}

const CAL_CHAPTER_7: &str = "http://www.laws9.com/statutes/california/corp/700-711";
const DEL_SUBCHAPTER_7: &str = "https://law.resource.org/pub/us/code/de/title8/c001/sc07/index.html";
const READ: Option<&str> = Some("2026-11-28");

/// An entry with an address.
const fn at(name: &'static str, subject: &'static str, address: &'static str) -> Authority {
    Authority { name, subject, address: Some(address), read: None }
}

/// An entry that was read at its address.
const fn read(name: &'static str, subject: &'static str, address: &'static str) -> Authority {
    Authority { name, subject, address: Some(address), read: READ }
}

/// An entry for which no public copy is known.
const fn named(name: &'static str, subject: &'static str) -> Authority {
    Authority { name, subject, address: None, read: None }
}

/// Everything that is cited, law by law.
pub const ALL: &[Authority] = &[
    read(
        "Cal. Corp. Code § 112",
        "votes other than one per share; disqualified shares are not outstanding, for the quorum either",
        "https://law.onecle.com/california/corporations/112.html",
    ),
    named(
        "Garnier v. Garnier, 248 Cal. App. 2d 255 (1967)",
        "cumulated votes that are no whole votes are not counted",
    ),
    read(
        "Cal. Corp. Code § 152",
        "approval by the outstanding shares, and by each class that votes as one",
        "https://self-law.org/code/ca/corporations-code/152",
    ),
    read(
        "Cal. Corp. Code § 153",
        "approval by the shareholders: a majority voting that is also a majority of the required quorum",
        "https://self-law.org/code/ca/corporations-code/153",
    ),
    at(
        "Cal. Corp. Code § 178",
        "a proxy is a signed authorization",
        "http://statutes.laws-info.com/california/corp/100-195",
    ),
    named("Cal. Corp. Code § 310", "transactions in which a director is interested"),
    at(
        "Cal. Corp. Code § 601",
        "notice; a new one where a meeting is adjourned for more than 45 days",
        "https://statutes.laws.com/california/corp/600-605",
    ),
    read(
        "Cal. Corp. Code § 602",
        "the quorum and its floor of a third; business after holders leave; adjournment without one",
        "https://self-law.org/code/ca/corporations-code/602",
    ),
    read(
        "Cal. Corp. Code § 604",
        "a card marked to withhold is not voted for a director; not for companies registered under Section 12",
        "https://getpocketlaw.com/law/state_california/section-604-section-604_cc0c58b64939",
    ),
    read("Cal. Corp. Code § 700", "one vote per share; a holder may vote part of the shares", CAL_CHAPTER_7),
    read("Cal. Corp. Code § 701", "the record date", CAL_CHAPTER_7),
    at(
        "Cal. Corp. Code § 703",
        "shares of corporations; those of a subsidiary do not vote",
        "https://self-law.org/code/ca/corporations-code/703",
    ),
    read("Cal. Corp. Code § 704", "joint holders", "https://self-law.org/code/ca/corporations-code/704"),
    read(
        "Cal. Corp. Code § 705",
        "proxies: presumed valid, for eleven months, how they are revoked, which is later, when irrevocable",
        "https://law.justia.com/codes/california/2011/corp/title-1/700-711/705/",
    ),
    at(
        "Cal. Corp. Code § 707",
        "inspectors: validity of proxies, challenges, closing of the polls, the result",
        CAL_CHAPTER_7,
    ),
    read(
        "Cal. Corp. Code § 708",
        "cumulative voting; who is elected; withheld and against have no legal effect",
        "https://self-law.org/code/ca/corporations-code/708",
    ),
    at(
        "Cal. Corp. Code § 708.5",
        "majority voting in uncontested elections of listed companies",
        "https://self-law.org/code/ca/corporations-code/708-5",
    ),
    at(
        "8 Del. C. § 144",
        "transactions in which a director or controller is interested",
        "https://delcode.delaware.gov/title8/c001/sc04/index.html",
    ),
    read(
        "8 Del. C. § 160",
        "the corporation's own shares, and those of a company it controls, do not vote",
        "https://legis.delaware.gov/SessionLaws/Chapter?id=28171",
    ),
    read(
        "8 Del. C. § 212",
        "votes per share; proxies, for three years, electronic ones, irrevocable ones",
        "https://simplifiedcodes.com/?page_id=197",
    ),
    at("8 Del. C. § 213", "the record date", DEL_SUBCHAPTER_7),
    at("8 Del. C. § 214", "cumulative voting, where the charter gives it", DEL_SUBCHAPTER_7),
    read(
        "8 Del. C. § 216",
        "the quorum and its floor of a third; the vote required; plurality; classes",
        "https://h2o.law.harvard.edu/collages/7678",
    ),
    read(
        "8 Del. C. § 217",
        "fiduciaries, pledgors and joint holders",
        "https://simplifiedcodes.com/?page_id=207",
    ),
    at("8 Del. C. § 219", "the list of stockholders", DEL_SUBCHAPTER_7),
    at(
        "8 Del. C. § 222",
        "notice; a new one where a meeting is adjourned for more than 30 days",
        DEL_SUBCHAPTER_7,
    ),
    at(
        "8 Del. C. § 231",
        "inspectors: their duties, the closing of the polls, what they may look at",
        DEL_SUBCHAPTER_7,
    ),
    at(
        "8 Del. C. § 242",
        "amendments that a class must also approve",
        "https://delcode.delaware.gov/title8/c001/sc08/index.html",
    ),
    at(
        "Kurz v. Holbrook, 989 A.2d 140 (Del. Ch. 2010)",
        "the depository's breakdown belongs to the stock ledger",
        "https://www.quimbee.com/cases/crown-emak-partners-llc-v-kurz",
    ),
    read(
        "Williams v. Sterling Oil of Oklahoma, 273 A.2d 264 (Del. 1971)",
        "two conflicting proxies that the papers do not order: neither is counted",
        "https://law.justia.com/cases/delaware/supreme-court/1971/273-a-2d-264-3.html",
    ),
    at(
        "Concord Financial v. Tri-State Motor Transit, 567 A.2d 1 (Del. Ch. 1989)",
        "conflicting proxies that neither the face nor the books reconcile are rejected",
        "https://law.justia.com/cases/delaware/court-of-chancery/1989/10984-3.html",
    ),
    at(
        "Parshalle v. Roy, 567 A.2d 19 (Del. Ch. 1989)",
        "what a paper must show to be a proxy",
        "https://law.justia.com/cases/delaware/court-of-chancery/1989/10937-3.html",
    ),
    at(
        "Schott v. Climax Molybdenum, 154 A.2d 221 (Del. Ch. 1959)",
        "facsimile signatures; a broker's series of proxies",
        "https://e.casetext.com/case/schott-et-al-v-climax-molybdenum-co",
    ),
    at(
        "Seidman v. G.A. Financial, 837 A.2d 21 (Del. Ch. 2003)",
        "an over-vote of a participant, and what the inspector may ask",
        "https://app.midpage.ai/document/seidman--associates-llc-v-ga-financial-inc-1991054",
    ),
    named("Model Act § 7.07", "the record date"),
    read(
        "Model Act § 7.08",
        "conduct of the meeting; nothing is accepted after the polls close",
        "http://legis.la.gov/legis/Law.aspx?d=920257",
    ),
    named("Model Act § 7.20", "the list of shareholders"),
    named("Model Act § 7.21", "votes per share; shares of a subsidiary do not vote"),
    read(
        "Model Act § 7.22",
        "proxies: effective when received, for eleven months, from receipt where undated, when irrevocable",
        "https://self-law.org/code/ma/part-i/title-xxii/chapter-156d/7-11",
    ),
    at(
        "Model Act § 7.23",
        "shares held by nominees",
        "https://law.uslawyerdatabase.com/us-law/2022-vermont-statutes/title-11a-vermont-business-corporations/\
         chapter-7-shareholders-title-11a-vermont-business-corporations/\
         subchapter-2-voting-chapter-7-shareholders-title-11a-vermont-business-corporations",
    ),
    at(
        "Model Act § 7.24",
        "acceptance of votes in good faith; joint holders",
        "https://legalfix.com/statutes/state-codes/massachusetts/part-i/title-xxii/chapter-156d/section-7-24",
    ),
    named("Model Act § 7.25", "quorum of a voting group; presence; votes for must exceed those against"),
    named("Model Act § 7.26", "action by several voting groups"),
    read(
        "Model Act § 7.28",
        "plurality; cumulative voting and the notice of it",
        "https://getpocketlaw.com/law/state_iowa/section-490-728-voting-for-directors-cumulative-voting_cf2fc58b687c",
    ),
    read("Model Act § 7.29", "inspectors and their duties", "https://legis.la.gov/Legis/Law.aspx?d=920278"),
    named("Model Act § 8.63", "transactions in which a director is interested"),
    at(
        "SEC Rule 14a-4",
        "the form of proxy: boxes, withholding, unmarked cards, substitutes",
        "https://simplifiedcodes.com/?page_id=420",
    ),
    named("SEC Rule 14a-21", "votes on executive pay and on how often they are held"),
    read(
        "SEC C&DI 124.01",
        "proxy holders may cumulate where the card says so and state law lets them",
        "https://viewpoint.pwc.com/dt/us/en/sec/cdis/cdis_US/proxy_rules_and_sche__5_US/\
         QUESTIONS_AND_ANSWERS_OF_GENERAL_APPLICABILITY_US1/section_124_rule_14a_US.html",
    ),
    read(
        "SEC C&DI 139.07",
        "a card with too many names is not voted in the election",
        "https://www.thecorporatecounsel.net/blog/2023/11/corp-fin-staff-issues-three-new-universal-proxy-cdis.html",
    ),
    at(
        "SEC C&DI 139.08",
        "a card with fewer names is voted as marked",
        "https://www.thecorporatecounsel.net/blog/2023/11/corp-fin-staff-issues-three-new-universal-proxy-cdis.html",
    ),
    at(
        "NYSE Rule 452",
        "when a broker may vote without instructions",
        "https://themonitor.gibsondunn.com/?p=5235",
    ),
    at(
        "Investment Company Act of 1940 § 2(a)(42)",
        "a majority of the outstanding voting securities",
        "https://lawinsider.com/dictionary/majority-of-the-outstanding-voting-securities",
    ),
];

/// The codes whose sections are cited by number.
const CODES: [&str; 3] = ["Cal. Corp. Code", "8 Del. C.", "Model Act"];

/// How sources begin that are told in words and have no entry.
const WORDS: [&str; 7] = [
    "inspectors' practice: ",
    "the corporation's ",
    "the certificate of incorporation",
    "the form of proxy, ",
    "the meeting's rule ",
    "the practice in ",
    "the standard that ",
];

/// The entries that a source names: `Cal. Corp. Code §§ 701, 707(b)` names two.
#[must_use]
pub fn names(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in source.split("; ").filter(|part| !WORDS.iter().any(|word| part.starts_with(word))) {
        let code = CODES.iter().find(|code| part.starts_with(**code));
        match code {
            Some(code) => {
                let sections = part[code.len()..].trim_start_matches([' ', '§']).split(", ");
                let numbers = sections.map(|section| section.split(['(', ' ']).next().unwrap_or_default());
                names.extend(
                    numbers.filter(|number| !number.is_empty()).map(|number| format!("{code} § {number}")),
                );
            }
            None if part.starts_with("SEC Rule ") => {
                names.push(part.split('(').next().unwrap_or(part).to_owned());
            }
            None => names.push(part.to_owned()),
        }
    }
    names
}

/// What a source names that has no entry.
#[must_use]
pub fn unknown(source: &str) -> Vec<String> {
    names(source).into_iter().filter(|name| !ALL.iter().any(|entry| entry.name == name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_names_its_entries() {
        assert_eq!(
            names("Cal. Corp. Code §§ 701, 707(b); inspectors' practice: so it is; SEC Rule 14a-4(b)(2)"),
            ["Cal. Corp. Code § 701", "Cal. Corp. Code § 707", "SEC Rule 14a-4"]
        );
        assert_eq!(names("8 Del. C. § 231(b), (d)"), ["8 Del. C. § 231"]);
        assert_eq!(unknown("8 Del. C. § 999"), ["8 Del. C. § 999"]);
    }

    #[test]
    fn entries_are_distinct_and_those_that_were_read_say_where() {
        for (place, entry) in ALL.iter().enumerate() {
            assert!(ALL[..place].iter().all(|other| other.name != entry.name), "{} twice", entry.name);
            assert!(entry.read.is_none() || entry.address.is_some(), "{}", entry.name);
        }
    }
}
