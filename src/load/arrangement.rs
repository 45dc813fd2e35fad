//! What `meeting.json` says beside the meeting: which files are read, how, and what they come to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jsonc_parser::ast::Value;

use super::json::{self, Fields, JsonNode, JsonReader};
use super::problem::{hint, not_known};
use super::table::Renamed;
use super::{Role, columns_of, source};
use crate::amount::Shares;
use crate::catalogue::Code;
use crate::text::quoted;

/// What `meeting.json` says beside the meeting.
#[derive(Debug, Default)]
pub struct Arrangement {
    /// Files named for a role.
    pub files: BTreeMap<Role, Vec<NamedFile>>,
    /// Headers that the files of a role use for ours.
    pub renamed: BTreeMap<Role, Renamed>,
    /// Between fields.
    pub delimiter: Option<u8>,
    /// The line that says so.
    pub delimiter_line: u64,
    /// Roles whose headers are renamed, and the line that says so.
    pub columns_lines: BTreeMap<Role, u64>,
    /// Totals agreed beforehand.
    pub expected: Vec<Expected>,
    /// Roles whose files cannot all be read because their names or headers here are at fault.
    pub at_fault: BTreeSet<Role>,
    /// Whether the delimiter is known.
    pub has_delimiter: bool,
    /// Per item, the line of each excluded account.
    pub excluded_lines: Vec<Vec<u64>>,
    /// Per item, the line that says who gave notice of cumulative voting.
    pub notice_lines: Vec<Option<u64>>,
    /// The line of each account that votes as others do.
    pub follower_lines: Vec<u64>,
    /// Whether every item was understood.
    pub has_all_items: bool,
    /// Whether every class was understood.
    pub has_all_classes: bool,
}

/// A file that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// As written.
    pub path: String,
    /// The layout that it is read through.
    pub layout: Option<String>,
    /// The two keyings of the same paper that it was made of.
    pub keyed: Option<NamedKeyings>,
}

/// The two keyings that a file of cards was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKeyings {
    /// As written.
    pub files: [String; 2],
    /// How their differences were settled.
    pub resolved: Option<String>,
}

/// Whose totals were agreed beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedOf {
    /// All files of a role.
    Role(Role),
    /// One file, as it is named.
    File(String),
}

/// Totals agreed beforehand.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Whose.
    pub of: ExpectedOf,
    /// Rows.
    pub rows: Option<u64>,
    /// Shares.
    pub shares: Option<Shares>,
    /// Where `meeting.json` says so.
    pub line: u64,
    /// Whether shares are given.
    pub(super) path: String,
}

/// Reads what stands beside the meeting.
pub(super) fn read<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    folder: &Path,
) -> Arrangement {
    let mut arrangement = Arrangement { has_all_classes: true, ..Arrangement::default() };
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    if let Some(files) = fields.given("files").and_then(|n| reader.object(&n, &roles)) {
        for (name, node) in files.entries() {
            if let Some(role) = Role::from_name(&name) {
                let before = reader.problems.count();
                let named = read_files(reader, &node, role, folder);
                arrangement.files.insert(role, named);
                if reader.problems.count() > before {
                    arrangement.at_fault.insert(role);
                }
            }
        }
    }
    if let Some(columns) = fields.given("columns").and_then(|n| reader.object(&n, &roles)) {
        for (name, node) in columns.entries() {
            if let Some(role) = Role::from_name(&name) {
                read_columns(reader, &node, role, &mut arrangement);
            }
        }
    }
    arrangement.delimiter = fields.given("delimiter").and_then(|n| {
        reader.named(&n, &[",", "\\t", "|", ";"], |name| match name {
            "," => Some(b','),
            "\t" => Some(b'\t'),
            "|" => Some(b'|'),
            ";" => Some(b';'),
            _ => None,
        })
    });
    arrangement.delimiter_line = fields.given("delimiter").map_or(0, |node| reader.line(&node));
    arrangement.has_delimiter = arrangement.delimiter.is_some() || fields.given("delimiter").is_none();
    if let Some(expect) = fields.given("expect").and_then(|n| reader.open_object(&n)) {
        for (name, node) in expect.entries() {
            arrangement.expected.extend(read_expected(reader, &name, &node));
        }
    }
    arrangement
}

fn read_columns<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    role: Role,
    arrangement: &mut Arrangement,
) {
    let before = reader.problems.count();
    let renamed = read_renamed(reader, node, role);
    arrangement.renamed.insert(role, renamed);
    arrangement.columns_lines.insert(role, reader.line(node));
    if reader.problems.count() > before {
        // Read by these headers, the files would be found at fault for the same reason.
        arrangement.at_fault.insert(role);
        arrangement.files.insert(role, Vec::new());
    }
}

fn read_expected<'a>(
    reader: &mut JsonReader<'a, '_>,
    name: &str,
    node: &JsonNode<'_, 'a>,
) -> Option<Expected> {
    // Files have an ending; a name without one was meant to be a role.
    if Role::from_name(name).is_none() && !name.contains('.') {
        let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        let message = format!("{} is not a known key{}", quoted(name), hint(name, &roles));
        reader.problem(node, Code::KeyUnknown.fault(message));
        return None;
    }
    let fields = reader.object(node, &["rows", "shares"])?;
    let of = match Role::from_name(name) {
        Some(role) => ExpectedOf::Role(role),
        None => ExpectedOf::File(name.to_owned()),
    };
    if let (Some(n), ExpectedOf::Role(role)) = (fields.given("shares"), &of)
        && !role.states_shares()
    {
        reader.problem(&n, Code::KeyMisplaced.fault(format!("{name}.csv states no shares")));
        return None;
    }
    Some(Expected {
        of,
        rows: fields.given("rows").and_then(|n| reader.whole(&n, 0..=u32::MAX)).map(u64::from),
        shares: fields.given("shares").and_then(|n| reader.amount(&n, Shares::parse)),
        line: reader.line(node),
        path: node.path.clone(),
    })
}

/// What an unknown name under `expect` was probably meant to be.
pub(super) fn expect_hint(name: &str, files: &[&str]) -> String {
    let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).chain(files.iter().copied()).collect();
    hint(name, &known)
}

/// A file's name, an object that names it with its layout, or an array of these.
fn read_files<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    role: Role,
    folder: &Path,
) -> Vec<NamedFile> {
    let nodes = match node.value {
        Value::StringLit(_) | Value::Object(_) => vec![node.clone()],
        Value::Array(_) => reader.array(node).unwrap_or_default(),
        Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => {
            let message = format!(
                "must be a file's name, an object with its `path` and `layout`, or an array of them, but is {}",
                json::kind(node.value)
            );
            reader.problem(node, Code::ValueKind.fault(message));
            return Vec::new();
        }
    };
    let mut files: Vec<NamedFile> = Vec::new();
    let mut real: Vec<PathBuf> = Vec::new();
    for node in &nodes {
        let mut keyed = None;
        let (path_node, layout_node) = match node.value {
            Value::Object(_) => {
                let keys: &[&str] = match role {
                    Role::Cards => &["path", "layout", "keyed", "resolved"],
                    Role::Meeting
                    | Role::Register
                    | Role::Omnibus
                    | Role::Street
                    | Role::Revocations
                    | Role::Rulings
                    | Role::Lots => &["path", "layout"],
                };
                let Some(fields) = reader.object(node, keys) else { continue };
                let before = reader.problems.count();
                keyed = read_keyings(reader, &fields, folder);
                if reader.problems.count() > before {
                    continue;
                }
                (reader.required(&fields, "path"), fields.given("layout"))
            }
            Value::StringLit(_)
            | Value::NumberLit(_)
            | Value::BooleanLit(_)
            | Value::Array(_)
            | Value::NullKeyword(_) => (Some(node.clone()), None),
        };
        let path = path_node.as_ref().and_then(|node| Some((node, inside(reader, node, folder)?)));
        let layout = match layout_node {
            Some(node) => match inside(reader, &node, folder) {
                Some((layout, _)) => Some(layout),
                None => continue,
            },
            None => None,
        };
        let Some((node, (path, inside))) = path else { continue };
        if real.contains(&inside) {
            reader.problem(node, Code::IdRepeated.fault(format!("{} is named twice", quoted(&path))));
            continue;
        }
        real.push(inside);
        files.push(NamedFile { path, layout, keyed });
    }
    files
}

/// The keyings of a file of cards: two, with how their differences were settled.
fn read_keyings<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    folder: &Path,
) -> Option<NamedKeyings> {
    let resolved = fields.given("resolved");
    let Some(node) = fields.given("keyed") else {
        if let Some(node) = resolved {
            reader.problem(&node, Code::KeyMisplaced.fault("goes with `keyed`, the two keyings"));
        }
        return None;
    };
    if let Some(layout) = fields.given("layout") {
        let message = "a file that was made of two keyings is read as it is, without a layout";
        reader.problem(&layout, Code::KeyMisplaced.fault(message));
    }
    let nodes = reader.array(&node)?;
    let paths: Vec<(String, PathBuf)> =
        nodes.iter().filter_map(|node| inside(reader, node, folder)).collect();
    let resolved = resolved.and_then(|node| inside(reader, &node, folder)).map(|(path, _)| path);
    let [(first, one), (second, other)] = paths.as_slice() else {
        if nodes.len() != 2 {
            reader.problem(
                &node,
                Code::ValueKind.fault("must name two files, the first and the second keying"),
            );
        }
        return None;
    };
    if one == other {
        reader.problem(&node, Code::IdRepeated.fault("names one file twice: that is one keying"));
    }
    Some(NamedKeyings { files: [first.clone(), second.clone()], resolved })
}

/// A path inside the meeting's folder, as written and as it lies.
fn inside<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    folder: &Path,
) -> Option<(String, PathBuf)> {
    let path = reader.non_empty_string(node)?;
    match source::inside(folder, &path) {
        Ok(inside) => {
            let inside = inside.canonicalize().unwrap_or(inside);
            Some((path, inside))
        }
        Err(why) => {
            reader.problem(node, why.code.fault(format!("{} {}", quoted(&path), why.message)));
            None
        }
    }
}

fn read_renamed<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>, role: Role) -> Renamed {
    let mut renamed = Renamed::new();
    let Some(fields) = reader.open_object(node) else { return renamed };
    for (header, node) in fields.entries() {
        if json::is_null(&node) {
            renamed.insert(header.trim().to_owned(), None);
            continue;
        }
        let Some(ours) = reader.non_empty_string(&node) else { continue };
        // The columns of cards depend on the items, which may be at fault themselves; the header of
        // the file is checked against them when it is read.
        if role != Role::Cards && !columns_of(role).contains(&ours.as_str()) {
            let what = format!("a column of {}", role.default_file());
            reader.problem(&node, not_known(Code::HeaderUnknown, &ours, &what, &columns_of(role)));
        }
        renamed.insert(header.trim().to_owned(), Some(ours));
    }
    renamed
}
