//! Items and nominees of `meeting.json`.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::json::{Fields, JsonNode, JsonReader};
use super::notice::read_cumulative;
use super::problem::not_known;
use super::quorum::read_quorum;
use super::read_cards::FIXED_COLUMNS;
use super::standards::read_standard;
use crate::catalogue::Code;
use crate::meeting::{
    Base, Choice, Cumulative, CumulativeNotice, Election, Item, ItemKind, Mark, Nominee, Policy, QuorumRule,
    Standard, VotingGroup,
};
use crate::text::quoted;
use crate::time::Moment;

/// The most nominees, choices and seats of an item.
const NOMINEES_MAX: usize = 100;
const SEATS_MAX: u32 = 100;

/// What items refer to outside themselves.
#[derive(Clone)]
pub(super) struct Voting {
    pub(super) zone: TimeZone,
    pub(super) polls_open: Option<Moment>,
    pub(super) polls_close: Option<Moment>,
    /// The days on which the meeting sits, the first first; none where they are not known.
    pub(super) sessions: Vec<Date>,
    pub(super) class_ids: Vec<String>,
    /// Whether the meeting's quorum is asked of each class.
    pub(super) is_quorum_by_class: bool,
    /// Whether the meeting's quorum asks for votes.
    pub(super) quorum_counts_votes: bool,
    pub(super) cumulative_notice: CumulativeNotice,
}

impl Voting {
    /// The same for an item whose polls open or close at times of their own.
    fn of_item<'a>(&self, reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Self {
        let mut moment = |key: &str| {
            let node = fields.given(key)?;
            reader.parsed(&node, Code::DateOrTime, |text| Moment::parse(text, &self.zone))
        };
        let (open, close) = (moment("polls_open"), moment("polls_close"));
        let of_item = Self {
            polls_open: open.or(self.polls_open),
            polls_close: close.or(self.polls_close),
            ..self.clone()
        };
        if let (Some(open), Some(close)) = (of_item.polls_open, of_item.polls_close)
            && open > close
            && !open.is_in_time_by_day_only(&close)
            && let Some(node) = fields.given("polls_close").or_else(|| fields.given("polls_open"))
        {
            let message = "the polls on the item opened after they closed";
            reader.problem(&node, Code::DatesContradict.fault(message.to_owned()));
        }
        of_item
    }

    /// What happens at the meeting itself has an hour: a day alone would be the end of that day, after the
    /// voting.
    pub(super) fn has_hour<'a>(
        &self,
        reader: &mut JsonReader<'a, '_>,
        node: &JsonNode<'_, 'a>,
        moment: &Moment,
        what: &str,
    ) -> bool {
        let has_hour = !(moment.is_day_only && self.sessions.contains(&moment.day));
        if !has_hour {
            let day = moment.day;
            let message = format!(
                "{what} on the day of the meeting needs its hour, to be before or after the voting; \
                 expected a time such as `{day}T09:45`"
            );
            reader.problem(node, Code::DateOrTime.fault(message));
        }
        has_hour
    }
}

const ITEM_KEYS: [&str; 23] = [
    "id",
    "kind",
    "title",
    "seats",
    "nominees",
    "standard",
    "plurality_if_contested",
    "cumulative",
    "routine",
    "choices",
    "entitled_classes",
    "excluded_accounts",
    "voting_groups",
    "needs_quorum",
    "quorum",
    "contested",
    "options",
    "policy",
    "withdrawn",
    "advisory",
    "tie",
    "polls_open",
    "polls_close",
];

/// Reads the items; those at fault are reported and left out.
pub(super) fn read_items<'a>(
    reader: &mut JsonReader<'a, '_>,
    nodes: &[JsonNode<'_, 'a>],
    voting: &Voting,
) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for node in nodes {
        let Some(fields) = reader.object(node, &ITEM_KEYS) else { continue };
        let of_item = voting.of_item(reader, &fields);
        let Some(item) = read_item(reader, node, &fields, &of_item) else { continue };
        if let (Some(first), Some(id)) =
            (items.iter().position(|known| known.id == item.id), fields.get("id"))
        {
            let message =
                format!("the item id {} is already that of item number {}", quoted(&item.id), first + 1);
            reader.problem(&id, Code::IdRepeated.fault(message));
        }
        items.push(item);
    }
    items
}

fn read_item<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    fields: &Fields<'_, 'a>,
    voting: &Voting,
) -> Option<Item> {
    let id_node = reader.required(fields, "id");
    let id = id_node.as_ref().and_then(|n| reader.non_empty_string(n));
    if let (Some(n), Some(id)) = (&id_node, &id) {
        check_id(reader, n, id);
    }
    let kind_node = reader.required(fields, "kind");
    const KINDS: [&str; 3] = ["election", "proposal", "frequency"];
    let kind_name = kind_node
        .as_ref()
        .and_then(|n| reader.named(n, &KINDS, |name| KINDS.iter().find(|k| **k == name).copied()));
    let title = fields.given("title").and_then(|n| reader.non_empty_string(&n)).or_else(|| id.clone());
    let kind = kind_name.and_then(|kind| {
        refuse_foreign_keys(reader, fields, kind);
        match kind {
            "election" => read_election(reader, fields, voting).map(ItemKind::Election),
            "proposal" => read_proposal(reader, fields).map(ItemKind::Proposal),
            _ => read_frequency(reader, fields).map(ItemKind::Frequency),
        }
    });
    let is_routine = fields.given("routine").and_then(|n| reader.boolean(&n));
    let needs_quorum = fields.given("needs_quorum").and_then(|n| reader.boolean(&n)).unwrap_or(true);
    let is_advisory = fields.given("advisory").and_then(|n| reader.boolean(&n)).unwrap_or(false);
    let entitled_classes = match fields.given("entitled_classes") {
        Some(n) => read_classes(reader, &n, &voting.class_ids)
            .map(|listed| (0..voting.class_ids.len()).map(|class| listed.contains(&class)).collect()),
        None => Some(vec![true; voting.class_ids.len()]),
    };
    let excluded_accounts =
        fields.given("excluded_accounts").and_then(|n| reader.all_words(&n)).unwrap_or_default();
    let groups = fields.given("voting_groups").and_then(|n| reader.array(&n)).unwrap_or_default();
    let entitled: Vec<bool> = entitled_classes.clone().unwrap_or_default();
    let voting_groups: Vec<VotingGroup> =
        groups.iter().filter_map(|n| read_group(reader, n, voting, &entitled)).collect();
    if kind_name == Some("frequency") && !groups.is_empty() {
        reader.problem(
            node,
            Code::Standard.fault("a frequency item has no voting groups: its choice is by plurality"),
        );
    }
    let quorum = fields.given("quorum").and_then(|n| read_quorum(reader, &n, voting.is_quorum_by_class));
    let counts_votes = quorum.as_ref().map_or(voting.quorum_counts_votes, QuorumRule::counts_votes);
    let is_withdrawn = fields.given("withdrawn").and_then(|n| reader.boolean(&n)).unwrap_or(false);
    let options = read_options(reader, fields, kind.as_ref());
    let item = Item {
        id: id?,
        title: title?,
        kind: kind?,
        is_routine,
        entitled_classes: entitled_classes?,
        excluded_accounts,
        voting_groups,
        needs_quorum,
        quorum,
        options,
        is_withdrawn,
        is_advisory,
        polls_open: voting.polls_open.filter(|_| fields.given("polls_open").is_some()),
        polls_close: voting.polls_close.filter(|_| fields.given("polls_close").is_some()),
    };
    // A quorum of heads alone leaves nothing in votes to take a fraction of.
    let asks_quorum =
        |standard: &Standard| standard.expression.tests().iter().any(|t| t.base == Base::RequiredQuorum);
    if !counts_votes && item.standards().any(asks_quorum) {
        reader.problem(
            node, Code::Standard.fault("its standard compares votes with the required quorum, but the quorum asks for no votes, only for holders"));
    }
    Some(item)
}

/// The boxes that the form offers on an item: where it does not say, FOR and WITHHOLD in an election by
/// plurality, else FOR, AGAINST and ABSTAIN; the choices of a frequency item, and ABSTAIN.
fn read_options<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    kind: Option<&ItemKind>,
) -> Vec<Mark> {
    let Some(node) = fields.given("options") else {
        return match kind {
            Some(ItemKind::Election(election)) if election.standard.is_none() => {
                vec![Mark::For, Mark::Withhold]
            }
            _ => vec![Mark::For, Mark::Against, Mark::Abstain],
        };
    };
    if let Some(ItemKind::Frequency(_)) = kind {
        reader.problem(
            &node,
            Code::KeyMisplaced
                .fault("means nothing on an item of kind `frequency`, whose boxes are its choices"),
        );
        return Vec::new();
    }
    const NAMES: [&str; 4] = ["for", "against", "abstain", "withhold"];
    let mut options = Vec::new();
    for n in reader.array(&node).unwrap_or_default() {
        let found =
            reader.named(&n, &NAMES, |name| NAMES.contains(&name).then(|| Mark::parse(name)).flatten());
        match found {
            Some(mark) if options.contains(&mark) => {
                reader.problem(&n, Code::KeyMisplaced.fault("is offered twice"))
            }
            Some(mark) => options.push(mark),
            None => {}
        }
    }
    options
}

/// An item's id heads a column of cards.csv, and a dot in it would look like a nominee's.
fn check_id<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>, id: &str) {
    if FIXED_COLUMNS.contains(&id) {
        reader.problem(
            node,
            Code::IdRefused.fault(format!("the item id {} is a column of cards.csv", quoted(id))),
        );
    }
    if id.contains('.') {
        reader.problem(
            node,
            Code::IdRefused
                .fault(format!("the item id {} holds a dot, which stands before a nominee's id", quoted(id))),
        );
    }
}

/// Keys that mean nothing on an item of this kind.
fn refuse_foreign_keys<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>, kind: &str) {
    let foreign: &[&str] = match kind {
        "election" => &["choices"],
        "proposal" => &[
            "seats",
            "nominees",
            "plurality_if_contested",
            "cumulative",
            "choices",
            "contested",
            "policy",
            "tie",
        ],
        _ => &["seats", "nominees", "plurality_if_contested", "cumulative", "contested", "policy", "tie"],
    };
    for key in foreign {
        if let Some(node) = fields.given(key) {
            reader.problem(
                &node,
                Code::KeyMisplaced.fault(format!("means nothing on an item of kind `{kind}`")),
            );
        }
    }
}

fn read_classes<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    known: &[String],
) -> Option<Vec<usize>> {
    let nodes = reader.array(node)?;
    if nodes.is_empty() {
        reader.problem(node, Code::ValueKind.fault("must name at least one class"));
        return None;
    }
    if known.is_empty() {
        // The classes are at fault themselves.
        return Some(Vec::new());
    }
    let mut places = Vec::new();
    for n in &nodes {
        let Some(id) = reader.non_empty_string(n) else { continue };
        match known.iter().position(|class| *class == id) {
            Some(place) if places.contains(&place) => {
                reader
                    .problem(n, Code::IdRepeated.fault(format!("the class {} is named twice", quoted(&id))));
            }
            Some(place) => places.push(place),
            None => {
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                reader.problem(n, not_known(Code::ReferenceUnknown, &id, "a class", &names));
            }
        }
    }
    Some(places)
}

fn read_group<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    voting: &Voting,
    entitled: &[bool],
) -> Option<VotingGroup> {
    let fields = reader.object(node, &["classes", "standard"])?;
    let classes_node = reader.required(&fields, "classes");
    let classes = classes_node.as_ref().and_then(|n| read_classes(reader, n, &voting.class_ids));
    if let (Some(n), Some(classes)) = (&classes_node, &classes)
        && classes.iter().any(|class| entitled.get(*class) == Some(&false))
    {
        reader.problem(n, Code::MeetingContradiction.fault("names a class that may not vote on the item"));
    }
    let standard_node = reader.required(&fields, "standard")?;
    let standard = read_standard(reader, &standard_node)?;
    if standard.is_none() {
        reader.problem(
            &standard_node,
            Code::Standard.fault("`plurality` is no test that a voting group could meet"),
        );
    }
    Some(VotingGroup { classes: classes?, standard: standard? })
}

fn read_proposal<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Option<Standard> {
    let node = reader.required(fields, "standard")?;
    let standard = read_standard(reader, &node)?;
    if standard.is_none() {
        reader.problem(
            &node,
            Code::Standard.fault("`plurality` cannot decide a proposal; expected a majority or another test"),
        );
    }
    standard
}

fn read_frequency<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Option<Vec<Choice>> {
    if let Some(n) = fields.given("standard")
        && let Some(Some(_)) = read_standard(reader, &n)
    {
        reader
            .problem(&n, Code::Standard.fault("a frequency item is decided by `plurality` and nothing else"));
    }
    let list = reader.required(fields, "choices")?;
    let nodes = reader.array(&list)?;
    if nodes.is_empty() || nodes.len() > NOMINEES_MAX {
        reader.problem(
            &list,
            Code::ValueKind
                .fault(format!("must hold 1 to {NOMINEES_MAX} choices, but holds {}", nodes.len())),
        );
        return None;
    }
    let mut choices: Vec<Choice> = Vec::new();
    for n in &nodes {
        let Some(fields) = reader.object(n, &["id", "name"]) else { continue };
        let Some(id_node) = reader.required(&fields, "id") else { continue };
        let Some(id) = reader.non_empty_string(&id_node) else { continue };
        if Mark::parse(&id).is_some() {
            reader
                .problem(&id_node, Code::IdRefused.fault(format!("the choice id {} is a mark", quoted(&id))));
        }
        if choices.iter().any(|choice| choice.id.eq_ignore_ascii_case(&id)) {
            reader.problem(
                &id_node,
                Code::IdRepeated.fault(format!("the choice {} is given twice", quoted(&id))),
            );
        }
        let name =
            fields.given("name").and_then(|n| reader.non_empty_string(&n)).unwrap_or_else(|| id.clone());
        choices.push(Choice { id, name });
    }
    (choices.len() == nodes.len()).then_some(choices)
}

fn read_election<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    voting: &Voting,
) -> Option<Election> {
    let seats = reader.required(fields, "seats").and_then(|n| reader.whole(&n, 1..=SEATS_MAX));
    let nominees = reader.required(fields, "nominees").and_then(|n| read_nominees(reader, &n, voting));
    let standard = match fields.given("standard") {
        Some(n) => read_standard(reader, &n),
        None => Some(None),
    };
    let is_plurality_if_contested =
        fields.given("plurality_if_contested").and_then(|n| reader.boolean(&n)).unwrap_or(false);
    let cumulative = read_cumulative(reader, fields, voting)?;
    if let (Some(Some(_)), true, Some(n)) =
        (&standard, cumulative != Cumulative::NotAvailable, fields.given("standard"))
    {
        reader.problem(
            &n,
            Code::Standard.fault("cumulative voting elects by `plurality` and no other standard"),
        );
    }
    Some(Election {
        seats: seats?,
        nominees: nominees?,
        standard: standard?,
        is_plurality_if_contested,
        cumulative,
        contested: fields.given("contested").and_then(|n| reader.boolean(&n)),
        policy: fields.given("policy").and_then(|n| read_policy(reader, &n)),
        tie_by_lot: fields.given("tie").and_then(|n| read_tie(reader, &n)),
    })
}

fn read_policy<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>) -> Option<Policy> {
    let fields = reader.object(node, &["resignation_if"])?;
    let when = reader.required(&fields, "resignation_if")?;
    reader.named(&when, Policy::NAMES, Policy::from_name)
}

/// ELE-9: what breaks a tie, and where that is provided; a tie stays a tie elsewhere.
fn read_tie<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>) -> Option<String> {
    let fields = reader.object(node, &["by", "source"])?;
    let by = reader.required(&fields, "by");
    let source = reader.required(&fields, "source").and_then(|n| reader.non_empty_string(&n));
    let is_lot =
        by.is_some_and(|n| reader.named(&n, &["lot"], |name| (name == "lot").then_some(())).is_some());
    source.filter(|_| is_lot)
}

fn read_nominees<'a>(
    reader: &mut JsonReader<'a, '_>,
    list: &JsonNode<'_, 'a>,
    voting: &Voting,
) -> Option<Vec<Nominee>> {
    const KEYS: [&str; 7] = ["id", "name", "unable_to_serve", "substitute", "nominated", "incumbent", "term"];
    let nodes = reader.array(list)?;
    if nodes.is_empty() || nodes.len() > NOMINEES_MAX {
        reader.problem(
            list,
            Code::ValueKind
                .fault(format!("must hold 1 to {NOMINEES_MAX} nominees, but holds {}", nodes.len())),
        );
        return None;
    }
    let mut nominees: Vec<Nominee> = Vec::new();
    let mut substitutes: Vec<Option<(JsonNode<'_, 'a>, String)>> = Vec::new();
    for n in &nodes {
        let Some(fields) = reader.object(n, &KEYS) else { continue };
        let Some(id_node) = reader.required(&fields, "id") else { continue };
        let Some(id) = reader.non_empty_string(&id_node) else { continue };
        if nominees.iter().any(|nominee| nominee.id == id) {
            reader.problem(
                &id_node,
                Code::IdRepeated.fault(format!("the nominee {} is given twice", quoted(&id))),
            );
        }
        let name =
            fields.given("name").and_then(|n| reader.non_empty_string(&n)).unwrap_or_else(|| id.clone());
        let is_unable_to_serve =
            fields.given("unable_to_serve").and_then(|n| reader.boolean(&n)).unwrap_or(false);
        let nominated = fields.given("nominated").and_then(|n| {
            let moment = reader.parsed(&n, Code::DateOrTime, |text| Moment::parse(text, &voting.zone))?;
            voting.has_hour(reader, &n, &moment, "a nomination").then_some(moment)
        });
        let is_incumbent = fields.given("incumbent").and_then(|n| reader.boolean(&n)).unwrap_or(false);
        let term = fields.given("term").and_then(|n| reader.non_empty_string(&n));
        let substitute =
            fields.given("substitute").and_then(|n| reader.non_empty_string(&n).map(|id| (n, id)));
        nominees.push(Nominee {
            id,
            name,
            is_unable_to_serve,
            substitute: None,
            nominated,
            is_incumbent,
            term,
        });
        substitutes.push(substitute);
    }
    for (place, substitute) in substitutes.into_iter().enumerate() {
        let Some((node, id)) = substitute else { continue };
        match nominees.iter().position(|nominee| nominee.id == id) {
            Some(found) if found == place || nominees[found].is_unable_to_serve => {
                reader.problem(
                    &node,
                    Code::MeetingContradiction
                        .fault(format!("{} cannot serve as the substitute", quoted(&id))),
                );
            }
            Some(_) if !nominees[place].is_unable_to_serve => {
                reader.problem(
                    &node,
                    Code::KeyMisplaced.fault("means something only beside `\"unable_to_serve\": true`"),
                );
            }
            // One person cannot take two places.
            Some(found) if nominees.iter().any(|other| other.substitute == Some(found)) => {
                reader.problem(
                    &node,
                    Code::MeetingContradiction
                        .fault(format!("{} is already the substitute of another nominee", quoted(&id))),
                );
            }
            Some(found) => nominees[place].substitute = Some(found),
            None => {
                let known: Vec<&str> = nominees.iter().map(|nominee| nominee.id.as_str()).collect();
                reader.problem(
                    &node,
                    not_known(Code::ReferenceUnknown, &id, "a nominee of this election", &known),
                );
            }
        }
    }
    (nominees.len() == nodes.len()).then_some(nominees)
}
