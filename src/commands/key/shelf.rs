//! The file that is keyed into: rows are only ever added at its end, and each is on the disk before anything
//! else is done.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::keying::{Correction, Sheet};
use crate::load::Problems;
use crate::load::source;

use super::super::CommandError;

const UNDONE: &str = "nothing was keyed";

/// A file of cards that is keyed into by one clerk at a time.
pub(super) struct Shelf {
    pub(super) path: PathBuf,
    file: File,
    /// Its header.
    pub(super) columns: Vec<String>,
    /// Its rows as they stand.
    pub(super) sheet: Option<Sheet>,
}

impl Shelf {
    /// Opens a file that was begun with the same columns, or begins it. A row that was cut off when the power
    /// went is taken away: the screen never said that it was saved.
    pub(super) fn open(path: &Path, columns: &[String]) -> anyhow::Result<Self> {
        let shown = path.display().to_string();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("--into: opening {shown}"))?;
        if file.try_lock().is_err() {
            anyhow::bail!("--into: {shown} is being keyed into by another run");
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).with_context(|| format!("reading {shown}"))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            file.set_len(whole as u64).with_context(|| format!("writing {shown}"))?;
        }
        file.seek(SeekFrom::End(0))?;
        let mut shelf = Self { path: path.to_owned(), file, columns: columns.to_vec(), sheet: None };
        if whole == 0 {
            shelf.append_line(columns)?;
            // The name of a new file is on the disk too.
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder).and_then(|folder| folder.sync_all()).ok();
            }
        } else {
            let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let header = String::from_utf8_lossy(first).trim_end().to_owned();
            if header != line(columns).trim_end() {
                anyhow::bail!("--into: {shown} has other columns than this meeting's form: {header}");
            }
        }
        shelf.read()?;
        Ok(shelf)
    }

    /// Reads its rows as they stand after their corrections.
    fn read(&mut self) -> anyhow::Result<()> {
        let mut problems = Problems::default();
        let label = self.path.display().to_string();
        let sheet = source::read(&self.path, &label, &mut problems)
            .and_then(|source| Sheet::read(&source, &["card", "account"], &mut problems));
        match sheet {
            Some(sheet) => self.sheet = Some(sheet),
            None => return Err(CommandError::Input(problems, UNDONE).into()),
        }
        Ok(())
    }

    /// Adds a row; it is on the disk when this returns.
    pub(super) fn add(&mut self, cells: &[String], correction: Option<Correction>) -> anyhow::Result<()> {
        let mut row = cells.to_vec();
        let said = correction.map_or("", Correction::name);
        if let Some(cell) =
            self.columns.iter().position(|name| name == "correction").and_then(|at| row.get_mut(at))
        {
            said.clone_into(cell);
        }
        self.append_line(&row)?;
        self.read()
    }

    fn append_line(&mut self, cells: &[String]) -> anyhow::Result<()> {
        let written = || format!("writing {}; the card is NOT saved", self.path.display());
        self.file.write_all(line(cells).as_bytes()).with_context(written)?;
        self.file.sync_all().with_context(written)
    }

    /// The row of a card as it stands, in the order of the columns.
    pub(super) fn row(&self, card: &str) -> Option<Vec<String>> {
        let sheet = self.sheet.as_ref()?;
        let row = sheet.rows.iter().find(|row| sheet.cell(row, "card") == card)?;
        Some(self.columns.iter().map(|column| sheet.cell(row, column).to_owned()).collect())
    }

    /// The card that was keyed last and stands.
    pub(super) fn last(&self) -> Option<String> {
        let sheet = self.sheet.as_ref()?;
        let row = sheet.rows.iter().max_by_key(|row| row.line)?;
        Some(sheet.cell(row, "card").to_owned())
    }

    /// Whether any row has a batch, and the cards that stand in it.
    pub(super) fn cards_of_batch(&self, batch: &str) -> Vec<String> {
        let Some(sheet) = &self.sheet else { return Vec::new() };
        let of = sheet.rows.iter().filter(|row| sheet.cell(row, "batch") == batch);
        of.map(|row| sheet.cell(row, "card").to_owned()).collect()
    }
}

/// A row as it is written.
pub(super) fn line(cells: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Nothing that is written to memory can fail.
    let _ = writer.write_record(cells);
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

/// Whether a file is there and not empty.
pub(super) fn is_begun(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > 0)
}
