//! The results as the message of ISO 20022 that issuers' agents send to intermediaries: MeetingResultDissemination,
//! seev.008.001.10.
//!
//! A resolution needs a status, accepted, rejected or withdrawn: what is open or tied has none and is left out. What
//! the message has no element for is told beside it.

use std::fmt::Write;

use crate::amount::Votes;
use crate::certify::{Certificate, ItemFigures, LineFigures};
use crate::text::visible;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:seev.008.001.10";

/// The most digits of a quantity.
const DIGITS_MAX: usize = 18;

/// The most resolutions of a message.
const RESOLUTIONS_MAX: usize = 1000;

/// A message, and what it has no element for.
pub struct Message {
    /// The document, as XML.
    pub xml: String,
    /// In sentences.
    pub left_out: Vec<String>,
}

/// The message of a certificate.
///
/// # Errors
/// A sentence where no resolution has a status, there are too many, or a quantity has more digits than the message
/// has room for.
pub fn render(certificate: &Certificate) -> Result<Message, String> {
    let mut left_out = vec![
        "the quorum: the message has no element for it, only for participation".to_owned(),
        "an ISIN, and the LEI and address of the issuer: meeting.json has none".to_owned(),
    ];
    let resolutions: Vec<Resolution<'_>> =
        certificate.items.iter().flat_map(|item| resolutions(certificate, item, &mut left_out)).collect();
    if resolutions.is_empty() {
        return Err(
            "no resolution has a status that the message knows: every item is open or tied".to_owned()
        );
    }
    if resolutions.len() > RESOLUTIONS_MAX {
        let count = resolutions.len();
        return Err(format!("{count} resolutions; the message has room for {RESOLUTIONS_MAX}"));
    }
    let mut xml = Xml::default();
    xml.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.open(&format!("Document xmlns=\"{NAMESPACE}\""));
    xml.open("MtgRsltDssmntn");
    if let Some(id) = certificate.fingerprint().map(|it| it.to_string()) {
        // The first half of the fingerprint, which is as much as there is room for.
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(32).collect();
        xml.text("MtgRsltDssmntnId", &digits, 35);
    }
    xml.text("MtgRsltsDssmntnTp", "NEWM", 4);
    meeting(&mut xml, certificate, &mut left_out);
    for class in &certificate.classes {
        xml.open("Scty");
        xml.open("FinInstrmId");
        xml.text("Desc", &format!("{}: {}", certificate.meeting.company, class.name), 140);
        xml.close("FinInstrmId");
        xml.close("Scty");
    }
    for resolution in &resolutions {
        resolution.written(&mut xml, &mut left_out)?;
    }
    participation(&mut xml, certificate, &mut left_out)?;
    xml.close("MtgRsltDssmntn");
    xml.close("Document");
    Ok(Message { xml: xml.text, left_out })
}

/// An element after another, indented.
#[derive(Default)]
struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    fn line(&mut self, line: &str) {
        let indent = "  ".repeat(self.depth);
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{indent}{line}");
    }

    fn open(&mut self, element: &str) {
        self.line(&format!("<{element}>"));
        self.depth += 1;
    }

    fn close(&mut self, element: &str) {
        self.depth -= 1;
        self.line(&format!("</{element}>"));
    }

    /// An element with at most so many characters.
    fn text(&mut self, element: &str, text: &str, most: usize) {
        let fitting: String = visible(text).chars().take(most).collect();
        let escaped = fitting.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.line(&format!("<{element}>{escaped}</{element}>"));
    }

    fn quantity(&mut self, element: &str, amount: Votes) -> Result<(), String> {
        let plain = amount.to_string();
        if plain.chars().filter(char::is_ascii_digit).count() > DIGITS_MAX {
            return Err(format!(
                "{plain} has more than the {DIGITS_MAX} digits that the message has room for"
            ));
        }
        self.open(element);
        self.line(&format!("<Unit>{plain}</Unit>"));
        self.close(element);
        Ok(())
    }
}

fn meeting(xml: &mut Xml, certificate: &Certificate, left_out: &mut Vec<String>) {
    let meeting = &certificate.meeting;
    xml.open("MtgRef");
    xml.text("MtgId", &format!("{} {}", meeting.date, meeting.title), 35);
    let time = match (&meeting.polls_open, &meeting.polls_close) {
        (Some(opened), _) => opened.clone(),
        (None, Some(closed)) => {
            left_out.push(
                "the hour at which the meeting began: that at which the polls closed stands for it"
                    .to_owned(),
            );
            closed.clone()
        }
        (None, None) => {
            left_out.push("the hour of the meeting: midnight stands for it".to_owned());
            meeting.date.clone()
        }
    };
    let time = if time.contains('T') { time } else { format!("{time}T00:00:00") };
    xml.text("MtgDtAndTm", &time, 35);
    let title = meeting.title.to_lowercase();
    let (kind, class) = match (title.contains("annual"), title.contains("special")) {
        (true, _) => ("GMET", Some("AMET")),
        (false, true) => ("SPCL", None),
        (false, false) => ("GMET", None),
    };
    xml.text("Tp", kind, 4);
    if let Some(class) = class {
        xml.open("Clssfctn");
        xml.text("Cd", class, 4);
        xml.close("Clssfctn");
    }
    xml.open("Issr");
    xml.open("NmAndAdr");
    xml.text("Nm", &meeting.company, 350);
    xml.close("NmAndAdr");
    xml.close("Issr");
    xml.close("MtgRef");
}

/// Where the votes of a resolution stand.
enum Counted<'a> {
    Lines(&'a LineFigures),
    /// One, two and three years, beside the lines.
    Years([Option<Votes>; 3], &'a LineFigures),
}

/// What is voted on by itself: a proposal, a nominee, a frequency.
struct Resolution<'a> {
    label: String,
    title: String,
    status: &'static str,
    counted: Counted<'a>,
}

/// The resolutions of an item; what has no status, or no element for its votes, is told.
fn resolutions<'a>(
    certificate: &Certificate,
    item: &'a ItemFigures,
    left_out: &mut Vec<String>,
) -> Vec<Resolution<'a>> {
    let is_open = certificate.interim.is_some()
        || certificate.open_matters.iter().any(|matter| matter.could_change.contains(&item.id));
    if is_open || matches!(item.outcome, "tied" | "no_quorum") {
        let why = if is_open { "an open matter could change it" } else { &*item.outcome.replace('_', " ") };
        left_out.push(format!("item {}: {why}, for which the message has no status", item.id));
        return Vec::new();
    }
    let status = |is_accepted: bool| match item.outcome {
        "withdrawn" => "WDRA",
        _ if is_accepted => "ACPT",
        _ => "REJT",
    };
    if item.cumulative.is_some() {
        left_out
            .push(format!("item {}: votes for are cumulated votes, which the message cannot say", item.id));
    }
    match (&item.nominees, &item.choices, &item.lines) {
        (Some(nominees), ..) => nominees
            .iter()
            .map(|nominee| Resolution {
                label: format!("{}.{}", item.id, nominee.id),
                title: format!("{}: {}", item.title, nominee.name),
                status: status(nominee.elected),
                counted: Counted::Lines(&nominee.lines),
            })
            .collect(),
        (None, Some(choices), Some(lines)) => {
            let mut years = [None; 3];
            for choice in choices {
                match years_of(&choice.id, &choice.name) {
                    Some(place) => years[place] = Some(choice.votes_for),
                    None => left_out.push(format!(
                        "item {}: {} votes for {}, which is not one, two or three years",
                        item.id, choice.votes_for, choice.name
                    )),
                }
            }
            let is_chosen = item.outcome == "chosen";
            let (label, title) = (item.id.clone(), item.title.clone());
            vec![Resolution {
                label,
                title,
                status: status(is_chosen),
                counted: Counted::Years(years, lines),
            }]
        }
        (None, None, Some(lines)) => vec![Resolution {
            label: item.id.clone(),
            title: item.title.clone(),
            status: status(item.outcome == "approved"),
            counted: Counted::Lines(lines),
        }],
        (None, _, None) => Vec::new(),
    }
}

/// One, two or three years, counted from none.
fn years_of(id: &str, name: &str) -> Option<usize> {
    let text = format!("{id} {name}").to_lowercase();
    if !text.contains("year") && !text.contains("annual") {
        return None;
    }
    [["1", "one"], ["2", "two"], ["3", "three"]]
        .iter()
        .position(|words| text.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word)))
}

impl Resolution<'_> {
    fn written(&self, xml: &mut Xml, left_out: &mut Vec<String>) -> Result<(), String> {
        if self.label.chars().count() > 35 {
            left_out.push(format!("the end of the label {}, which has more than 35 characters", self.label));
        }
        xml.open("VoteRslt");
        xml.text("IssrLabl", &self.label, 35);
        xml.open("Desc");
        xml.text("Lang", "en", 2);
        xml.text("Titl", &self.title, 1025);
        xml.close("Desc");
        xml.text("RsltnSts", self.status, 4);
        let lines = match &self.counted {
            Counted::Lines(lines) => {
                xml.quantity("For", lines.votes_for)?;
                xml.quantity("Agnst", lines.against)?;
                lines
            }
            Counted::Years(_, lines) => lines,
        };
        xml.quantity("Abstn", lines.abstain)?;
        if !lines.withheld.is_zero() {
            xml.quantity("Wthhld", lines.withheld)?;
        }
        if let Counted::Years(years, _) = &self.counted {
            for (element, amount) in ["OneYr", "TwoYrs", "ThreeYrs"].iter().zip(years) {
                amount.iter().try_for_each(|amount| xml.quantity(element, *amount))?;
            }
        }
        if !lines.not_voted.is_zero() {
            xml.quantity("NoActn", lines.not_voted)?;
        }
        if !lines.broker_non_votes.is_zero() {
            // The message has no element for them: a code of our own.
            xml.open("Prtry");
            xml.open("Cd");
            xml.text("Id", "BRNV", 4);
            xml.text("Issr", "quorate", 35);
            xml.close("Cd");
            xml.quantity("Qty", lines.broker_non_votes)?;
            xml.close("Prtry");
        }
        xml.close("VoteRslt");
        Ok(())
    }
}

fn participation(xml: &mut Xml, certificate: &Certificate, left_out: &mut Vec<String>) -> Result<(), String> {
    let quorum = &certificate.quorum;
    xml.open("Prtcptn");
    let all = quorum.outstanding.to_string();
    if all.len() <= DIGITS_MAX && all.bytes().all(|digit| digit.is_ascii_digit()) {
        xml.text("TtlNbOfVtngRghts", &all, DIGITS_MAX);
    } else {
        left_out.push(format!("{all} votes outstanding: the message takes a whole number"));
    }
    if let Some(share) = crate::render::words::percent(quorum.present, quorum.outstanding) {
        xml.text("PctgOfVtngRghts", share.trim_end_matches('%'), 11);
    }
    if let [class] = certificate.classes.as_slice() {
        xml.open("TtlNbOfSctiesOutsdng");
        xml.text("Unit", &class.shares_outstanding.to_string(), DIGITS_MAX + 1);
        xml.close("TtlNbOfSctiesOutsdng");
    }
    xml.close("Prtcptn");
    Ok(())
}
