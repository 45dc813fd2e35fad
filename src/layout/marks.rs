//! The shapes of marks, bound to a file: what each record says on each matter.

use super::bind::{Binder, Bound, Made};
use super::cell::{Cells, Fault};
use super::records::Record;
use super::{At, BoxWord, Counts, Except, ItemOf, Layout, Marks, Shape, Words};
use crate::load::Role;
use crate::load::problem::hint;
use crate::text::quoted;

/// The marks of a layout, bound to a file.
#[derive(Debug, Default)]
pub(super) struct BoundMarks {
    /// Per mark of a row, what it is of and where it comes from.
    targets: Vec<Target>,
    string: Option<BoundString>,
    boxes: Vec<BoundBoxes>,
    ticked: Vec<String>,
    except: Option<BoundExcept>,
    pub(super) rows: Option<RowShape>,
}

/// A mark of a row.
#[derive(Debug)]
struct Target {
    header: String,
    of: TargetOf,
}

#[derive(Debug)]
enum TargetOf {
    Position(usize),
    Boxes(usize),
    ExceptBox,
    ExceptNominee(String),
    /// Set by the shapes that make several rows of a record, or one of several.
    Given,
}

#[derive(Debug)]
struct BoundString {
    text: Bound,
    width: usize,
    count: usize,
    words: Words,
    table: usize,
    /// Positions that are dropped.
    dropped: Vec<usize>,
}

#[derive(Debug)]
struct BoundBoxes {
    boxes: Vec<(String, Bound)>,
}

#[derive(Debug)]
struct BoundExcept {
    box_text: Bound,
    names: Bound,
    separator: String,
    words: Vec<(String, BoxWord)>,
    nominees: Vec<(String, String)>,
    table: usize,
    item: String,
}

/// Shapes in which a record is not one row.
#[derive(Debug)]
pub(super) enum RowShape {
    /// A record is a mark of a card, or a total.
    Long { item: BoundItem, vote: Box<Bound>, shares: Option<Box<Bound>> },
    /// Each of several amounts is a total, or a card limited to it.
    Counts { item: Option<BoundItem>, amounts: Vec<BoundCount> },
}

/// The matter of a record.
#[derive(Debug)]
pub(super) enum BoundItem {
    Value(String),
    Field { column: Box<Bound>, codes: Option<Vec<(String, Option<String>)>>, known: Vec<String> },
}

#[derive(Debug)]
pub(super) struct BoundCount {
    /// The matter, where all stand in one record.
    pub(super) ours: Option<String>,
    pub(super) vote: String,
    pub(super) column: Bound,
}

/// Binds the marks, and adds the columns that they make.
pub(super) fn bind(
    layout: &Layout,
    binder: &mut Binder<'_, '_>,
    made: &mut Vec<(String, At, Made)>,
) -> BoundMarks {
    let mut bound = BoundMarks::default();
    let Some(Marks { shape, except }) = &layout.marks else { return bound };
    match shape {
        Shape::Wide(columns) => {
            check_wide_words(binder, columns);
            for rule in columns {
                made.extend(
                    binder
                        .column(rule)
                        .map(|column| (rule.ours.clone(), rule.at.clone(), Made::Column(column))),
                );
            }
        }
        Shape::String { text, width, positions, words } => {
            let columns: Vec<&str> = positions.iter().flatten().map(|(ours, _)| ours.as_str()).collect();
            binder.check_shared_words(&columns, &text.at, &words.table);
            let table = binder.table("marks", &words.table);
            let dropped = (0..positions.len()).filter(|place| positions[*place].is_none()).collect();
            if let Some(text) = binder.column(text) {
                let header = text.header.clone();
                bound.string = Some(BoundString {
                    text,
                    width: *width,
                    count: positions.len(),
                    words: words.clone(),
                    table,
                    dropped,
                });
                for (place, position) in positions.iter().enumerate() {
                    if let Some((ours, at)) = position {
                        bound.target(&header, TargetOf::Position(place), ours, at, made);
                    }
                }
            }
        }
        Shape::Boxes { boxes, ticked } => {
            bound.ticked.clone_from(ticked);
            for of_matter in boxes {
                let mut columns = Vec::new();
                let marks: Vec<(String, String)> =
                    of_matter.boxes.iter().map(|(mark, _)| (mark.clone(), mark.clone())).collect();
                binder.check_words(&of_matter.ours, &of_matter.at, &marks);
                for (mark, field) in &of_matter.boxes {
                    let rule = plain(&of_matter.ours, field.clone());
                    columns.extend(binder.column(&rule).map(|column| (mark.clone(), column)));
                }
                let headers: Vec<&str> = columns.iter().map(|(_, column)| column.header.as_str()).collect();
                let header = headers.join(", ");
                let place = bound.boxes.len();
                bound.target(&header, TargetOf::Boxes(place), &of_matter.ours, &of_matter.at, made);
                bound.boxes.push(BoundBoxes { boxes: columns });
            }
        }
        Shape::Long { item, vote, shares } => {
            let item = bind_item(binder, item);
            if let super::Meaning::Words(words) = &vote.meaning {
                let known: Vec<(String, String)> = words.table.clone();
                binder.check_words("vote", &vote.at, &known);
            }
            let vote = binder.column(vote);
            let shares = shares.as_ref().map(|rule| binder.column(rule));
            if let (Some(item), Some(vote)) = (item, vote) {
                bound.given(layout, &item, &vote.header, made, shares.as_ref().is_some_and(Option::is_some));
                let shares = shares.flatten().map(Box::new);
                bound.rows = Some(RowShape::Long { item, vote: Box::new(vote), shares });
            }
        }
        Shape::Counts(counts) => bind_counts(layout, binder, counts, &mut bound, made),
    }
    if let Some(except) = except {
        bind_except(binder, except, &mut bound, made);
    }
    bound
}

/// Columns of one code table share it.
fn check_wide_words(binder: &mut Binder<'_, '_>, columns: &[super::ColumnRule]) {
    let table = |rule: &super::ColumnRule| {
        if let super::Meaning::Words(words) = &rule.meaning { Some(words.table.clone()) } else { None }
    };
    let tables: Vec<_> = columns.iter().map(table).collect();
    for (place, words) in tables.iter().enumerate() {
        let Some(words) = words.as_ref().filter(|_| !tables[..place].contains(&tables[place])) else {
            continue;
        };
        let alike = columns.iter().zip(&tables).filter(|(_, other)| other.as_ref() == Some(words));
        let alike: Vec<&str> = alike.map(|(rule, _)| rule.ours.as_str()).collect();
        binder.check_shared_words(&alike, &columns[place].at, words);
    }
}

fn plain(ours: &str, field: super::FieldAt) -> super::ColumnRule {
    super::ColumnRule {
        ours: ours.to_owned(),
        at: field.at.clone(),
        from: vec![field],
        join: String::new(),
        take: None,
        value: None,
        is_line: false,
        blank: String::new(),
        strip: String::new(),
        pad: 0,
        prefix: String::new(),
        meaning: super::Meaning::Text,
    }
}

fn bind_item(binder: &mut Binder<'_, '_>, item: &ItemOf) -> Option<BoundItem> {
    match item {
        ItemOf::Value(value, at) => {
            check_target(binder, value, at);
            Some(BoundItem::Value(value.clone()))
        }
        ItemOf::Field { rule, codes } => {
            let column = Box::new(binder.column(rule)?);
            for (_, target, at) in codes.iter().flatten() {
                if let Some(target) = target {
                    check_target(binder, target, at);
                }
            }
            let codes = codes
                .as_ref()
                .map(|codes| codes.iter().map(|(code, target, _)| (code.clone(), target.clone())).collect());
            Some(BoundItem::Field { column, codes, known: targets(binder) })
        }
    }
}

/// Every matter of the meeting: `2`, `1.hale`, and `1` for the box of all nominees.
fn targets(binder: &Binder<'_, '_>) -> Vec<String> {
    let items = &binder.vocabulary.items;
    let of_item = |(item, nominees): &(String, Vec<String>)| {
        let names = nominees.iter().map(|nominee| format!("{item}.{nominee}"));
        [item.clone()].into_iter().chain(names).collect::<Vec<_>>()
    };
    items.iter().flat_map(of_item).collect()
}

fn check_target(binder: &mut Binder<'_, '_>, target: &str, at: &At) {
    let known = targets(binder);
    if !known.iter().any(|name| name == target) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let message = format!(
            "{} is neither an item nor a nominee of this meeting{}",
            quoted(target),
            hint(target, &known)
        );
        binder.problem(at, message);
    }
}

fn bind_counts(
    layout: &Layout,
    binder: &mut Binder<'_, '_>,
    counts: &Counts,
    bound: &mut BoundMarks,
    made: &mut Vec<(String, At, Made)>,
) {
    let mut amounts = Vec::new();
    let mut item = None;
    match counts {
        Counts::Long { item: of, votes } => {
            item = bind_item(binder, of);
            for (vote, rule) in votes {
                binder.check_words("vote", &rule.at, &[(vote.clone(), vote.clone())]);
                let column = binder.column(rule);
                amounts.extend(column.map(|column| BoundCount { ours: None, vote: vote.clone(), column }));
            }
            if item.is_none() {
                return;
            }
        }
        Counts::Wide(matters) => {
            for (ours, at, votes) in matters {
                check_target(binder, ours, at);
                for (vote, rule) in votes {
                    binder.check_words("vote", &rule.at, &[(vote.clone(), vote.clone())]);
                    let column = binder.column(rule);
                    amounts.extend(column.map(|column| BoundCount {
                        ours: Some(ours.clone()),
                        vote: vote.clone(),
                        column,
                    }));
                }
            }
        }
    }
    let header = amounts.first().map_or_else(String::new, |count| count.column.header.clone());
    let any = BoundItem::Value(String::new());
    let of_rows = match (&item, counts) {
        (Some(item), _) => item,
        (None, _) => &any,
    };
    if let (Counts::Wide(matters), Role::Cards) = (counts, layout.role) {
        for (ours, at, _) in matters {
            bound.target(&header, TargetOf::Given, ours, at, made);
        }
        bound.target(&header, TargetOf::Given, "shares", &At::default(), made);
    } else {
        bound.given(layout, of_rows, &header, made, true);
    }
    bound.rows = Some(RowShape::Counts { item, amounts });
}

fn bind_except(
    binder: &mut Binder<'_, '_>,
    except: &Except,
    bound: &mut BoundMarks,
    made: &mut Vec<(String, At, Made)>,
) {
    let items = &binder.vocabulary.items;
    let Some((_, nominees)) = items.iter().find(|(item, _)| *item == except.item) else {
        let known: Vec<&str> = items.iter().map(|(item, _)| item.as_str()).collect();
        let message = format!("{} is not an item{}", quoted(&except.item), hint(&except.item, &known));
        binder.problem(&except.at, message);
        return;
    };
    let nominees = nominees.clone();
    for (written, id) in &except.nominees {
        if !nominees.contains(id) {
            let known: Vec<&str> = nominees.iter().map(String::as_str).collect();
            let message = format!(
                "{} is read as {}, which is not a nominee of item {}{}",
                quoted(written),
                quoted(id),
                quoted(&except.item),
                hint(id, &known)
            );
            binder.problem(&except.at, message);
        }
    }
    let (box_text, names) = (binder.column(&except.box_text), binder.column(&except.names));
    let (Some(box_text), Some(names)) = (box_text, names) else { return };
    let shown: Vec<(String, String)> = except
        .words
        .iter()
        .map(|(code, word)| {
            let became = match word {
                BoxWord::All(mark) => format!("{mark} for all"),
                BoxWord::Except => "FOR all but those named".to_owned(),
                BoxWord::Blank => String::new(),
            };
            (code.clone(), became)
        })
        .collect();
    let table = binder.table(&except.item, &shown);
    bound.target(&box_text.header, TargetOf::ExceptBox, &except.item, &except.at, made);
    for id in &nominees {
        if except.nominees.iter().any(|(_, known)| known == id) {
            let ours = format!("{}.{id}", except.item);
            bound.target(&names.header, TargetOf::ExceptNominee(id.clone()), &ours, &except.at, made);
        }
    }
    made.push(("contradiction".to_owned(), except.at.clone(), Made::Contradiction));
    bound.except = Some(BoundExcept {
        box_text,
        names,
        separator: except.separator.clone(),
        words: except.words.clone(),
        nominees: except.nominees.clone(),
        table,
        item: except.item.clone(),
    });
}

/// What the marks of a record are.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Per mark, what it is.
    pub(super) marks: Vec<String>,
    /// Why the card contradicts itself.
    pub(super) contradiction: String,
    pub(super) dropped: u64,
    text: String,
}

/// A fault of a mark, and the column it stands in.
pub(super) enum MarkFault<'m> {
    Cell(Fault, &'m str),
    Nominee(String, &'m str),
}

impl BoundMarks {
    /// Adds a column that the marks make.
    fn target(
        &mut self,
        header: &str,
        of: TargetOf,
        ours: &str,
        at: &At,
        made: &mut Vec<(String, At, Made)>,
    ) {
        made.push((ours.to_owned(), at.clone(), Made::Mark(self.targets.len())));
        self.targets.push(Target { header: header.to_owned(), of });
    }

    /// Adds the columns of shapes that make rows.
    fn given(
        &mut self,
        layout: &Layout,
        item: &BoundItem,
        header: &str,
        made: &mut Vec<(String, At, Made)>,
        has_shares: bool,
    ) {
        let at = At { line: 1, path: "marks".to_owned() };
        if layout.role == Role::Street {
            for ours in ["item", "nominee", "vote", "shares"] {
                self.target(header, TargetOf::Given, ours, &at, made);
            }
            return;
        }
        let targets: Vec<String> = match item {
            BoundItem::Value(value) => vec![value.clone()],
            BoundItem::Field { codes: Some(codes), .. } => {
                let mut targets: Vec<String> = Vec::new();
                for target in codes.iter().filter_map(|(_, target)| target.clone()) {
                    if !targets.contains(&target) {
                        targets.push(target);
                    }
                }
                targets
            }
            BoundItem::Field { codes: None, known, .. } => known.clone(),
        };
        for ours in &targets {
            self.target(header, TargetOf::Given, ours, &at, made);
        }
        if has_shares {
            self.target(header, TargetOf::Given, "shares", &at, made);
        }
        if !layout.columns.iter().any(|column| column.ours == "card") {
            self.target("", TargetOf::Given, "card", &at, made);
        }
    }

    pub(super) fn header(&self, mark: usize) -> &str {
        self.targets.get(mark).map_or("", |target| &target.header)
    }

    /// What stands in the file where a mark comes from.
    pub(super) fn written(&self, mark: usize, record: &Record<'_>) -> String {
        let field = |bound: &Bound| {
            let texts =
                bound.sources.iter().map(|from| super::cell::taken(record, *from).unwrap_or("").trim());
            texts.collect::<Vec<_>>().join(" ")
        };
        match (self.targets.get(mark).map(|target| &target.of), &self.string, &self.except) {
            (Some(TargetOf::Position(place)), Some(string), _) => {
                let text = string
                    .text
                    .sources
                    .first()
                    .map_or("", |from| super::cell::taken(record, *from).unwrap_or(""));
                let text = string.taken(text).unwrap_or("");
                text.chars().skip(place * string.width).take(string.width).collect()
            }
            (Some(TargetOf::Boxes(place)), ..) => {
                let boxes = self.boxes[*place].boxes.iter().map(|(_, bound)| field(bound));
                boxes.collect::<Vec<_>>().join(",")
            }
            (Some(TargetOf::ExceptBox), _, Some(except)) => field(&except.box_text),
            (Some(TargetOf::ExceptNominee(_)), _, Some(except)) => field(&except.names),
            _ => String::new(),
        }
    }

    /// What the marks of a record are, one for each target; those that are given are left blank.
    pub(super) fn read<'m>(
        &'m self,
        cells: &mut Cells,
        record: &Record<'_>,
        said: &mut Said,
        fault: &mut impl FnMut(MarkFault<'m>),
    ) {
        said.marks.resize(self.targets.len(), String::new());
        said.marks.iter_mut().for_each(String::clear);
        said.contradiction.clear();
        said.dropped = 0;
        if let Some(string) = &self.string {
            self.read_string(string, cells, record, said, fault);
        }
        for (target, mark) in self.targets.iter().zip(&mut said.marks) {
            if let TargetOf::Boxes(place) = &target.of {
                self.read_boxes(&self.boxes[*place], cells, record, mark, fault);
            }
        }
        if let Some(except) = &self.except {
            self.read_except(except, cells, record, said, fault);
        }
    }

    fn read_string<'m>(
        &self,
        string: &'m BoundString,
        cells: &mut Cells,
        record: &Record<'_>,
        said: &mut Said,
        fault: &mut impl FnMut(MarkFault<'m>),
    ) {
        let header = string.text.header.as_str();
        let text = match string.text.sources.as_slice() {
            [from] => super::cell::taken(record, *from),
            _ => Ok(""),
        };
        let text = text.and_then(|text| string.taken(text));
        let text = match text {
            Ok(text) => text,
            Err(why) => return fault(MarkFault::Cell(why, header)),
        };
        let length = text.chars().count();
        if length != string.width * string.count {
            let message = format!(
                "{} has {length} characters, but there are {} positions of {}",
                quoted(text),
                string.count,
                string.width
            );
            return fault(MarkFault::Cell(Fault::Width(message), header));
        }
        let mut characters = text.chars();
        let mut code = String::new();
        let mut next = self
            .targets
            .iter()
            .zip(&mut said.marks)
            .filter_map(|(target, mark)| match target.of {
                TargetOf::Position(place) => Some((place, mark)),
                TargetOf::Boxes(_) | TargetOf::ExceptBox | TargetOf::ExceptNominee(_) | TargetOf::Given => {
                    None
                }
            })
            .peekable();
        for place in 0..string.count {
            code.clear();
            code.extend(characters.by_ref().take(string.width));
            if string.dropped.contains(&place) {
                said.dropped += u64::from(!code.trim().is_empty());
                continue;
            }
            let Some((_, mark)) = next.next_if(|(target, _)| *target == place) else { continue };
            if let Some(at) = string.words.table.iter().position(|(word, _)| *word == code) {
                cells.met.words[string.table][at] += 1;
                mark.push_str(&string.words.table[at].1);
            } else if !code.trim().is_empty() {
                let message = format!(
                    "position {} of {} is {}, which is not in words",
                    place + 1,
                    quoted(text),
                    quoted(&code)
                );
                fault(MarkFault::Cell(Fault::Word(message), header));
            }
        }
    }

    fn read_boxes<'m>(
        &'m self,
        boxes: &'m BoundBoxes,
        cells: &mut Cells,
        record: &Record<'_>,
        mark: &mut String,
        fault: &mut impl FnMut(MarkFault<'m>),
    ) {
        let mut text = String::new();
        let mut tick_count = 0;
        for (of, column) in &boxes.boxes {
            text.clear();
            if let Err(why) = cells.read(column, record, &mut text) {
                fault(MarkFault::Cell(why, &column.header));
                continue;
            }
            if self.ticked.contains(&text) {
                tick_count += 1;
                if tick_count == 1 {
                    mark.push_str(of);
                }
            } else if !text.is_empty() && text != "0" {
                let expected = crate::text::one_of(self.ticked.iter().map(String::as_str));
                let message = format!("{} is not in ticked; expected {expected}, or nothing", quoted(&text));
                fault(MarkFault::Cell(Fault::Word(message), &column.header));
            }
        }
        if tick_count > 1 {
            mark.clear();
            mark.push_str("VOID");
        }
    }

    fn read_except<'m>(
        &self,
        except: &'m BoundExcept,
        cells: &mut Cells,
        record: &Record<'_>,
        said: &mut Said,
        fault: &mut impl FnMut(MarkFault<'m>),
    ) {
        let mut text = std::mem::take(&mut said.text);
        text.clear();
        let word = match cells.read(&except.box_text, record, &mut text) {
            Err(why) => {
                fault(MarkFault::Cell(why, &except.box_text.header));
                BoxWord::Blank
            }
            Ok(()) if text.is_empty() => BoxWord::Blank,
            Ok(()) => match except.words.iter().position(|(code, _)| *code == text) {
                Some(at) => {
                    cells.met.words[except.table][at] += 1;
                    except.words[at].1
                }
                None => {
                    let expected = crate::text::one_of(except.words.iter().map(|(code, _)| code.as_str()));
                    let message = format!("{} is not in words; expected {expected}", quoted(&text));
                    fault(MarkFault::Cell(Fault::Word(message), &except.box_text.header));
                    BoxWord::Blank
                }
            },
        };
        let box_words = std::mem::take(&mut text);
        if let Err(why) = cells.read(&except.names, record, &mut text) {
            fault(MarkFault::Cell(why, &except.names.header));
        }
        let named = except.named(&text, fault);
        let is_contradictory = match word {
            BoxWord::Except => text.is_empty(),
            BoxWord::All(_) => !text.is_empty(),
            BoxWord::Blank => false,
        };
        if is_contradictory {
            let what = if text.is_empty() {
                "no name is written".to_owned()
            } else {
                format!("{} is written", quoted(&text))
            };
            said.contradiction.push_str(&format!(
                "item {}: the box says {}, but {what}",
                except.item,
                quoted(&box_words)
            ));
        }
        for (target, mark) in self.targets.iter().zip(&mut said.marks) {
            match (&target.of, word) {
                (TargetOf::ExceptBox, _) if is_contradictory => mark.push_str("VOID"),
                (TargetOf::ExceptBox, BoxWord::All(of)) => mark.push_str(of),
                (TargetOf::ExceptBox, BoxWord::Except) => mark.push_str("FOR"),
                // Names without a box: the statement's own card withholds from them and votes the rest.
                (TargetOf::ExceptNominee(id), BoxWord::Except | BoxWord::Blank)
                    if named.contains(&id.as_str()) =>
                {
                    mark.push_str("WITHHOLD");
                }
                _ => {}
            }
        }
        said.text = text;
    }
}

impl BoundString {
    /// The characters that the string takes of its field.
    fn taken<'t>(&self, text: &'t str) -> Result<&'t str, Fault> {
        let Some(take) = self.text.rule.take else { return Ok(text) };
        let start = text.char_indices().nth(take.first - 1).map_or(text.len(), |(at, _)| at);
        let end = text.char_indices().nth(take.last).map_or(text.len(), |(at, _)| at);
        Ok(&text[start..end])
    }
}

impl BoundExcept {
    /// The nominees that the names on the line mean.
    fn named<'m>(&'m self, text: &str, fault: &mut impl FnMut(MarkFault<'m>)) -> Vec<&'m str> {
        let mut named = Vec::new();
        for name in text.split(self.separator.as_str()).map(str::trim).filter(|name| !name.is_empty()) {
            match self.nominees.iter().find(|(written, _)| written == name) {
                Some((_, id)) => named.push(id.as_str()),
                None => {
                    let known: Vec<&str> =
                        self.nominees.iter().map(|(written, _)| written.as_str()).collect();
                    let message = format!(
                        "{} is not among nominees{}",
                        quoted(name),
                        crate::text::did_you_mean(name, known)
                    );
                    fault(MarkFault::Nominee(message, &self.names.header));
                }
            }
        }
        named
    }
}

impl BoundItem {
    /// The matter of a record: nothing where it is dropped, else why it is none.
    pub(super) fn of(
        &self,
        cells: &mut Cells,
        record: &Record<'_>,
        text: &mut String,
    ) -> Result<Option<&str>, (Fault, &str)> {
        match self {
            Self::Value(value) => Ok(Some(value)),
            Self::Field { column, codes, known } => {
                text.clear();
                cells.read(column, record, text).map_err(|why| (why, column.header.as_str()))?;
                let unknown = |expected: String| {
                    let message = if text.is_empty() {
                        format!("is blank and no item; expected {expected}")
                    } else {
                        format!("{} is not in items; expected {expected}", quoted(text))
                    };
                    (Fault::Word(message), column.header.as_str())
                };
                match codes {
                    Some(codes) => match codes.iter().find(|(code, _)| code == text) {
                        Some((_, target)) => Ok(target.as_deref()),
                        None => {
                            Err(unknown(crate::text::one_of(codes.iter().map(|(code, _)| code.as_str()))))
                        }
                    },
                    None => match known.iter().find(|known| *known == text) {
                        Some(known) => Ok(Some(known)),
                        None => Err(unknown(crate::text::one_of(known.iter().map(String::as_str)))),
                    },
                }
            }
        }
    }
}
