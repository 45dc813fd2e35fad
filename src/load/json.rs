//! JSON with places: every value knows its line and its path, every key is known or refused.
//!
//! `serde_json` checks the syntax; `jsonc-parser`, held to strict JSON, keeps the position of every
//! value and keys that are given twice, which `serde_json` does not.

use std::collections::HashMap;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::json_fault;
use super::problem::{Problems, hint, meant};
use super::source::Source;
use crate::amount::AmountError;
use crate::catalogue::{Code, Fault};
use crate::text::{one_of, quoted, visible};

/// How deep objects and arrays may stand in each other; a meeting needs 20. The parser calls itself for
/// each, and the stack is not endless.
const DEPTH_MAX: usize = 100;

/// Parses a source as strict JSON.
pub fn parse<'a>(source: &'a Source, problems: &mut Problems) -> Option<Value<'a>> {
    if source.text.trim().is_empty() {
        problems.at(&source.label, 1, "", Code::FileEmpty.fault("the file is empty; expected a JSON object"));
        return None;
    }
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&source.text) {
        let (line, message) = syntax(&source.text, &error);
        problems.at(&source.label, line, "", Code::JsonSyntax.fault(message));
        return None;
    }
    if let Some(at) = too_deep(&source.text) {
        let line = memchr::memchr_iter(b'\n', &source.text.as_bytes()[..at]).count() as u64 + 1;
        let message = format!("objects and arrays stand more than {DEPTH_MAX} deep in each other");
        problems.at(&source.label, line, "", Code::JsonDepth.fault(message));
        return None;
    }
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        ..ParseOptions::default()
    };
    match parse_to_ast(&source.text, &CollectOptions::default(), &strict) {
        Ok(result) => result.value,
        Err(error) => {
            problems.at(
                &source.label,
                error.line_display() as u64,
                "",
                Code::JsonSyntax.fault(format!("is not JSON: {}", error.kind())),
            );
            None
        }
    }
}

/// The line and the words of a fault of syntax.
fn syntax(text: &str, error: &serde_json::Error) -> (u64, String) {
    if let Some(fault) = json_fault::fault(text) {
        let before = &text[..fault.at.min(text.len())];
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        return (line, format!("is not JSON: {} (column {column})", fault.says));
    }
    let whole = error.to_string();
    let what = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(what, _)| what);
    (error.line() as u64, format!("is not JSON: {what} (column {})", error.column()))
}

/// Where a JSON text, known to be well-formed, first goes deeper than [`DEPTH_MAX`].
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut is_in_string = false;
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_string => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b'[' | b'{' if !is_in_string => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Some(at);
                }
            }
            b']' | b'}' if !is_in_string => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A value and where it stands.
#[derive(Clone)]
pub struct JsonNode<'v, 'a> {
    /// The value.
    pub value: &'v Value<'a>,
    /// Its path: `item "1".seats`.
    pub path: String,
}

/// The fields of an object.
pub struct Fields<'v, 'a> {
    object: &'v Object<'a>,
    path: String,
    /// Known keys that an unknown one was probably meant to be: to call them missing too would say the
    /// same twice.
    misspelt: Vec<String>,
}

/// Reads values and collects what is wrong with them.
pub struct JsonReader<'a, 'p> {
    source: &'a Source,
    line_starts: Vec<usize>,
    /// The problems found so far.
    pub problems: &'p mut Problems,
}

impl<'a, 'p> JsonReader<'a, 'p> {
    /// A reader of a source.
    pub fn new(source: &'a Source, problems: &'p mut Problems) -> Self {
        let starts = memchr::memchr_iter(b'\n', source.text.as_bytes()).map(|at| at + 1);
        Self { source, line_starts: [0].into_iter().chain(starts).collect(), problems }
    }

    /// Reports a problem with a value.
    pub fn problem(&mut self, node: &JsonNode<'_, '_>, fault: Fault) {
        self.problem_at(node.value.range().start, &node.path, fault);
    }

    /// The line on which a value begins.
    #[must_use]
    pub fn line(&self, node: &JsonNode<'_, '_>) -> u64 {
        let offset = node.value.range().start;
        self.line_starts.partition_point(|start| *start <= offset) as u64
    }

    fn problem_at(&mut self, offset: usize, path: &str, fault: Fault) {
        let line = self.line_starts.partition_point(|start| *start <= offset) as u64;
        self.problems.at(&self.source.label, line, path, fault);
    }

    /// The fields of an object whose keys are known; unknown and repeated keys are reported.
    pub fn object<'v>(&mut self, node: &JsonNode<'v, 'a>, keys: &[&str]) -> Option<Fields<'v, 'a>> {
        let mut fields = self.open_object(node)?;
        let unused: Vec<&str> = keys.iter().copied().filter(|key| fields.get(key).is_none()).collect();
        for property in &fields.object.properties {
            let name = property.name.as_str();
            if !keys.contains(&name) {
                let hint = match (meant(name, &unused), meant(name, keys)) {
                    (None, Some(known)) => {
                        format!("; did you mean {}, which stands there too?", quoted(known))
                    }
                    _ => hint(name, &unused),
                };
                fields.misspelt.extend(meant(name, &unused).map(str::to_owned));
                let path = join(&fields.path, name);
                self.problem_at(
                    property.range.start,
                    &path,
                    Code::KeyUnknown.fault(format!("{} is not a known key{hint}", quoted(name))),
                );
            }
        }
        Some(fields)
    }

    /// The fields of an object with free keys; repeated keys are reported.
    pub fn open_object<'v>(&mut self, node: &JsonNode<'v, 'a>) -> Option<Fields<'v, 'a>> {
        let Value::Object(object) = node.value else {
            self.problem(
                node,
                Code::ValueKind.fault(format!("must be an object, but is {}", kind(node.value))),
            );
            return None;
        };
        // By a table, for an object of a million keys must not take a million million comparisons.
        let mut first_of: HashMap<&str, usize> = HashMap::new();
        for property in &object.properties {
            let name = property.name.as_str();
            let first = *first_of.entry(name).or_insert(property.range.start);
            if first != property.range.start {
                let line = self.line_starts.partition_point(|start| *start <= first);
                let message = format!("the key {} is given twice; the first is on line {line}", quoted(name));
                self.problem_at(
                    property.range.start,
                    &join(&node.path, name),
                    Code::KeyRepeated.fault(message),
                );
            }
        }
        Some(Fields { object, path: node.path.clone(), misspelt: Vec::new() })
    }

    /// A required field.
    pub fn required<'v>(&mut self, fields: &Fields<'v, 'a>, key: &str) -> Option<JsonNode<'v, 'a>> {
        let found = fields.get(key);
        if found.is_none() && !fields.misspelt.iter().any(|meant| meant == key) {
            let path = join(&fields.path, key);
            self.problem_at(
                fields.object.range.start,
                &path,
                Code::KeyMissing.fault("the required key is missing"),
            );
        }
        found
    }

    /// The elements of an array.
    pub fn array<'v>(&mut self, node: &JsonNode<'v, 'a>) -> Option<Vec<JsonNode<'v, 'a>>> {
        let Value::Array(array) = node.value else {
            self.problem(
                node,
                Code::ValueKind.fault(format!("must be an array, but is {}", kind(node.value))),
            );
            return None;
        };
        let element = |(place, value)| JsonNode { value, path: element_path(&node.path, place, value) };
        Some(array.elements.iter().enumerate().map(element).collect())
    }

    /// The lines on which the elements of an array begin; none when it is no array.
    pub fn element_lines(&self, value: &Value<'a>) -> Vec<u64> {
        let Value::Array(array) = value else { return Vec::new() };
        let line = |start| self.line_starts.partition_point(|at| *at <= start) as u64;
        array.elements.iter().map(|element| line(element.range().start)).collect()
    }

    /// The line on which a value begins.
    pub fn line_of(&self, value: &Value<'a>) -> u64 {
        let start = value.range().start;
        self.line_starts.partition_point(|at| *at <= start) as u64
    }

    /// A string.
    pub fn string(&mut self, node: &JsonNode<'_, 'a>) -> Option<String> {
        let Value::StringLit(string) = node.value else {
            self.problem(
                node,
                Code::ValueKind.fault(format!("must be a string, but is {}", kind(node.value))),
            );
            return None;
        };
        Some(string.value.to_string())
    }

    /// A string that says something.
    pub fn non_empty_string(&mut self, node: &JsonNode<'_, 'a>) -> Option<String> {
        let text = self.string(node)?;
        if text.trim().is_empty() {
            self.problem(node, Code::CellEmpty.fault("must not be empty"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// Strings.
    pub fn all_words(&mut self, node: &JsonNode<'_, 'a>) -> Option<Vec<String>> {
        let elements = self.array(node)?;
        Some(elements.iter().filter_map(|element| self.non_empty_string(element)).collect())
    }

    /// True or false.
    pub fn boolean(&mut self, node: &JsonNode<'_, 'a>) -> Option<bool> {
        let Value::BooleanLit(literal) = node.value else {
            self.problem(
                node,
                Code::ValueKind.fault(format!("must be true or false, but is {}", kind(node.value))),
            );
            return None;
        };
        Some(literal.value)
    }

    /// A whole number in a range.
    pub fn whole(&mut self, node: &JsonNode<'_, 'a>, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let found = if let Value::NumberLit(literal) = node.value {
            literal.value.parse::<u32>().ok().filter(|n| range.contains(n))
        } else {
            None
        };
        if found.is_none() {
            let shown = self.source.text.get(node.value.range().start..node.value.range().end).unwrap_or("");
            let message = format!(
                "must be a whole number from {} to {}, but is {}",
                range.start(),
                range.end(),
                quoted(shown)
            );
            self.problem(node, Code::ValueKind.fault(message));
        }
        found
    }

    /// An amount, which is a string of digits.
    pub fn amount<T>(
        &mut self,
        node: &JsonNode<'_, 'a>,
        parse: impl Fn(&str) -> Result<T, AmountError>,
    ) -> Option<T> {
        let Value::StringLit(string) = node.value else {
            let message =
                format!("an amount must be a string such as `\"9014232\"`, but is {}", kind(node.value));
            self.problem(node, Code::AmountAsNumber.fault(message));
            return None;
        };
        let text = string.value.trim();
        if text.is_empty() {
            self.problem(node, Code::CellEmpty.fault("must not be empty"));
            return None;
        }
        match parse(text) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.problem(node, Code::Amount.fault(format!("{} {error}", quoted(text))));
                None
            }
        }
    }

    /// A text that is read by some parser, whose error says what was expected; with the code of it.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        node: &JsonNode<'_, 'a>,
        code: Code,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.non_empty_string(node)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(node, code.fault(format!("{} {error}", quoted(&text))));
                None
            }
        }
    }

    /// One of several names.
    pub fn named<T>(
        &mut self,
        node: &JsonNode<'_, 'a>,
        names: &[&str],
        from_name: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.string(node)?;
        let found = from_name(&text);
        if found.is_none() {
            let message =
                format!("{} is not known; expected {}", quoted(&text), one_of(names.iter().copied()));
            self.problem(node, Code::WordUnknown.fault(message));
        }
        found
    }
}

impl<'v, 'a> Fields<'v, 'a> {
    /// A field, if it is there.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<JsonNode<'v, 'a>> {
        let property = self.object.properties.iter().find(|p| p.name.as_str() == key)?;
        Some(JsonNode { value: &property.value, path: join(&self.path, key) })
    }

    /// A field that is there and not null.
    #[must_use]
    pub fn given(&self, key: &str) -> Option<JsonNode<'v, 'a>> {
        self.get(key).filter(|node| !is_null(node))
    }

    /// Every field with its key.
    pub fn entries(&self) -> impl Iterator<Item = (String, JsonNode<'v, 'a>)> + '_ {
        self.object.properties.iter().map(|property| {
            let name = property.name.as_str().to_owned();
            let node = JsonNode { value: &property.value, path: join(&self.path, &name) };
            (name, node)
        })
    }
}

/// Whether the value is null.
#[must_use]
pub fn is_null(node: &JsonNode<'_, '_>) -> bool {
    matches!(node.value, Value::NullKeyword(_))
}

/// What an element is called: by its id where it has one, as `item "2"`, else by its place.
fn element_path(path: &str, place: usize, value: &Value<'_>) -> String {
    let (above, list) = path.rsplit_once('.').unwrap_or(("", path));
    let noun = match list {
        "items" => "item",
        "nominees" => "nominee",
        "classes" => "class",
        "choices" => "choice",
        "proxy_forms" => "form",
        _ => return join(path, &place.to_string()),
    };
    let object = if let Value::Object(object) = value { Some(object) } else { None };
    let id =
        object.and_then(|object| object.properties.iter().find(|property| property.name.as_str() == "id"));
    match id.map(|property| &property.value) {
        Some(Value::StringLit(id)) if !id.value.trim().is_empty() => join(above, &by_id(noun, &id.value)),
        _ => join(above, &format!("{noun} number {}", place + 1)),
    }
}

/// A part of meeting.json by its id: `item "2"`.
pub fn by_id(noun: &str, id: &str) -> String {
    const LETTERS_MAX: usize = 40;
    let shown: String = visible(id.trim()).chars().take(LETTERS_MAX).collect();
    format!("{noun} \"{}\"", shown.replace('"', "\\\""))
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// What a value is, in words.
#[must_use]
pub fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::StringLit(_) => "a string",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "true or false",
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        Value::NullKeyword(_) => "null",
    }
}
