//! Files as they were read, in quorate's own form: what `quorate convert` writes and `quorate layout` shows.

use std::io::{self, Write};
use std::path::Path;

use super::folder::Loaded;
use super::problem::Problems;
use super::source::{self, Pieces};
use super::table::{Known, columns};
use super::{Input, Role, vocabulary};
use crate::ballot::Layout as MarkColumns;
use crate::layout::{self, Change, Converter, Draft, Layout, Opening, RawPiece, Reading, Vocabulary, draft};
use crate::meeting::Meeting;
use crate::parallel::Threads;

/// Why a file could not be written as it was read.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// The file is not what it was.
    #[error("{0}")]
    Input(Problems),
    /// It could not be written.
    #[error("{0}")]
    Output(#[from] io::Error),
}

/// A cell that is written otherwise as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// Its line in the original.
    pub line: u64,
    /// Its column there.
    pub column: String,
    /// As found.
    pub found: String,
    /// As read.
    pub became: String,
}

impl From<Change> for CellChange {
    fn from(change: Change) -> Self {
        let Change { line, column, found, became } = change;
        Self { line, column, found, became }
    }
}

/// The columns that the files of a role may have.
fn known_columns(role: Role, meeting: &Meeting) -> Vec<Known> {
    match role {
        Role::Meeting => Vec::new(),
        Role::Register => columns(&super::register::REQUIRED, &super::register::OPTIONAL),
        Role::Omnibus => columns(&super::omnibus::REQUIRED, &super::omnibus::OPTIONAL),
        Role::Cards => super::read_cards::known_columns(&MarkColumns::of(&meeting.items)),
        Role::Street => columns(&super::street::REQUIRED, &super::street::OPTIONAL),
        Role::Revocations => columns(&super::revocations::REQUIRED, &super::revocations::OPTIONAL),
        Role::Rulings => columns(&super::rulings::REQUIRED, &super::rulings::OPTIONAL),
        Role::Lots => columns(&super::lots::REQUIRED, &super::lots::OPTIONAL),
    }
}

/// Writes a file that a layout reads in quorate's own form, and returns the cells that changed. Nothing is
/// written, and nothing returned, where no layout reads it.
///
/// # Errors
/// [`ConversionError`] where the file changed since it was loaded, or cannot be written.
pub fn write_as_read(
    loaded: &Loaded,
    input: &Input,
    out: &mut impl Write,
) -> Result<Option<Vec<CellChange>>, ConversionError> {
    let Some(laid) = &input.laid else { return Ok(None) };
    let mut problems = Problems::default();
    let layout = source::read(&laid.location, &laid.path, &mut problems)
        .and_then(|source| layout::read(&source, input.role, &mut problems));
    let Some(layout) = layout else { return Err(ConversionError::Input(problems)) };
    let known = known_columns(input.role, &loaded.meeting);
    let vocabulary = vocabulary::of(&loaded.meeting, input.role, true);
    let opening = Opening {
        label: &input.path,
        layout: &layout,
        known: &known,
        vocabulary: &vocabulary,
        threads: Threads::new(1),
        is_recording: true,
    };
    let mut reading = match Pieces::open(&input.location) {
        Ok(pieces) => Reading::open(&opening, pieces, &mut problems),
        Err(fault) => {
            problems.in_file(&input.path, fault);
            None
        }
    };
    let Some(reading) = &mut reading else { return Err(ConversionError::Input(problems)) };
    out.write_all(reading.header().as_bytes())?;
    let mut converter = Converter::new(&reading.plan, true);
    loop {
        let mut piece = RawPiece::Nothing;
        let rows = match reading.source.next(&mut piece) {
            Ok(false) => break,
            Ok(true) => converter.convert(piece),
            Err(why) => Err(why),
        };
        match rows {
            Ok(mut rows) => {
                reading.gathered.commit(&mut rows);
                out.write_all(rows.text.as_bytes())?;
            }
            Err((line, fault)) => {
                problems.of_file(&input.path, line, fault);
                return Err(ConversionError::Input(problems));
            }
        }
    }
    Ok(Some(reading.gathered.take_changes().into_iter().map(CellChange::from).collect()))
}

/// A draft of a layout, with the first rows as it reads them.
#[derive(Debug)]
pub struct Drafted {
    /// The layout, with its open places as empty strings.
    pub layout: String,
    /// What is open, and why.
    pub open: Vec<String>,
    /// The header and the first rows as read.
    pub rows: Vec<Vec<String>>,
}

/// Drafts a layout for a file.
///
/// # Errors
/// Why the file cannot be looked at.
pub fn draft_layout(path: &Path, role: Option<Role>) -> Result<Drafted, String> {
    let label = path.display().to_string();
    let draft = draft_of(path, role)?;
    let text = serde_json::to_string_pretty(&draft.layout).map_err(|error| error.to_string())? + "\n";
    let rows = first_rows(path, &label, &draft).unwrap_or_default();
    Ok(Drafted { layout: text, open: draft.open, rows })
}

fn draft_of(path: &Path, role: Option<Role>) -> Result<Draft, String> {
    let mut pieces = Pieces::open(path).map_err(|fault| fault.message)?;
    let mut bytes = Vec::new();
    let mut piece = Vec::new();
    let mut is_whole = false;
    while bytes.len() < draft::LOOKED_AT {
        if !pieces.next_bytes(&mut piece).map_err(|(_, fault)| fault.message)? {
            is_whole = true;
            break;
        }
        bytes.extend_from_slice(&piece);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let pieces = Pieces::open(path).map_err(|fault| fault.message)?;
        let (sheet, rows) = layout::first_rows_of_book(pieces)?;
        return Ok(draft::of_rows(&sheet, rows, role));
    }
    draft::of_text(&bytes, is_whole, role)
}

/// The first rows as the draft reads them, where it can.
fn first_rows(path: &Path, label: &str, draft: &Draft) -> Option<Vec<Vec<String>>> {
    const ROWS: usize = 8;
    let mut problems = Problems::default();
    let text = draft.preview.to_string();
    let source = source::Source::of_text("draft", text);
    let layout: Layout = layout::read(&source, draft.role, &mut problems)?;
    let mut known = columns(&[], &super::columns_of(draft.role));
    let marks = draft.preview["marks"]["columns"].as_object();
    known.extend(
        marks
            .into_iter()
            .flat_map(|marks| marks.keys())
            .map(|name| Known { name: name.clone(), is_required: false }),
    );
    let vocabulary = Vocabulary::default();
    let opening = Opening {
        label,
        layout: &layout,
        known: &known,
        vocabulary: &vocabulary,
        threads: Threads::new(1),
        is_recording: false,
    };
    let mut reading = Reading::open(&opening, Pieces::open(path).ok()?, &mut problems)?;
    let mut piece = RawPiece::Nothing;
    if !reading.source.next(&mut piece).ok()? {
        return None;
    }
    let rows = Converter::new(&reading.plan, false).convert(piece).ok()?;
    let text = reading.header() + &rows.text;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().take(ROWS + 1).filter_map(Result::ok);
    Some(rows.map(|row| row.iter().map(str::to_owned).collect()).collect())
}
