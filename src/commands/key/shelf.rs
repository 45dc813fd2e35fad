//! A file that is keyed into: rows are only ever added at its end, and each is on the disk before anything else is
//! done.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::super::CommandError;
use super::form::Paper;
use crate::keying::{Correction, Sheet, table};
use crate::load::{Problems, source};

/// What is said of a run that began nothing.
pub(super) const UNDONE: &str = "nothing was keyed";

/// A file that is keyed into by one clerk at a time. Invariant: it ends with a line end.
pub(super) struct Shelf {
    paper: Paper,
    pub(super) path: PathBuf,
    file: File,
    columns: Vec<String>,
    /// How many lines it has.
    lines: u64,
    /// Its rows as they stand after their corrections, each with its line, in the order of the columns.
    pub(super) rows: Vec<(u64, Vec<String>)>,
    /// A row that was cut off when the power went, and was taken away.
    pub(super) cut: Option<String>,
}

impl Shelf {
    /// Opens a file that was begun with the same columns, or begins it. A row that was cut off is taken away: the
    /// screen never said that it was saved.
    ///
    /// # Errors
    /// A file that cannot be opened or written, that another run keys into, that has other columns, or whose rows
    /// have problems.
    pub(super) fn open(paper: Paper, path: &Path, columns: Vec<String>) -> anyhow::Result<Self> {
        let shown = path.display();
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("opening {shown}"))?;
        lock(&file, path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).with_context(|| format!("reading {shown}"))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let header = text[..whole].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let header = String::from_utf8_lossy(header).trim_end().to_owned();
        if whole > 0 && header != line(&columns).trim_end() {
            anyhow::bail!("{shown} has other columns than this meeting's form: {header}");
        }
        if whole == 0 && !line(&columns).as_bytes().starts_with(&text) {
            anyhow::bail!("{shown} holds something else than rows keyed here, and is left as it is");
        }
        let cut = String::from_utf8_lossy(&text[whole..]).into_owned();
        file.set_len(whole as u64).with_context(|| format!("writing {shown}"))?;
        let lines = text[..whole].iter().filter(|byte| **byte == b'\n').count() as u64;
        let cut = (!cut.is_empty() && whole > 0).then_some(cut);
        let path = path.to_owned();
        let mut shelf = Self { paper, path, file, columns, lines, rows: Vec::new(), cut };
        if whole == 0 {
            shelf.append(&shelf.columns.clone())?;
            // The name of a new file is on the disk too, where folders can be synced.
            let folder = shelf.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        }
        shelf.read()?;
        Ok(shelf)
    }

    /// Reads its rows as they stand after their corrections.
    fn read(&mut self) -> anyhow::Result<()> {
        let mut problems = Problems::default();
        let label = self.path.display().to_string();
        let rows = source::read(&self.path, &label, &mut problems).and_then(|source| match self.paper {
            Paper::Card => {
                let sheet = Sheet::read(&source, &["card", "account"], &mut problems)?;
                Some(sheet.rows.into_iter().map(|row| (row.line, row.cells)).collect())
            }
            Paper::Revocation => {
                let (_, rows) = table(&source, &["account"], &mut problems)?;
                Some(standing(rows))
            }
        });
        self.rows = rows.ok_or(CommandError::Input(problems, UNDONE))?;
        Ok(())
    }

    /// Adds a row, which may take away the row of the same paper; it is on the disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written: then nothing of it is left in the file.
    pub(super) fn add(&mut self, cells: &[String], correction: Option<Correction>) -> anyhow::Result<()> {
        let mut row: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        row.resize(self.columns.len(), String::new());
        if let Some(last) = row.last_mut() {
            correction.map_or("", Correction::name).clone_into(last);
        }
        self.append(&row)?;
        row.pop();
        match correction {
            None => self.rows.push((self.lines, row)),
            Some(_) => {
                if let Some(place) = self.rows.iter().rposition(|(_, before)| *before == row) {
                    self.rows.remove(place);
                }
            }
        }
        Ok(())
    }

    fn append(&mut self, cells: &[String]) -> anyhow::Result<()> {
        let length = self.file.seek(SeekFrom::End(0)).with_context(|| self.writing())?;
        let line = line(cells);
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        if let Err(error) = written {
            // Where this fails too, the next start takes away what was cut off.
            let _ = self.file.set_len(length);
            return Err(error).with_context(|| self.writing());
        }
        self.lines += 1;
        Ok(())
    }

    fn writing(&self) -> String {
        format!("writing {}", self.path.display())
    }

    /// A cell of a row.
    pub(super) fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        let place = self.columns.iter().position(|name| name == column);
        place.and_then(|place| row.get(place)).map_or("", String::as_str)
    }

    /// The row of a card that stands.
    pub(super) fn of_card(&self, card: &str) -> Option<&[String]> {
        let mut rows = self.rows.iter().map(|(_, row)| row.as_slice());
        rows.find(|row| !card.is_empty() && self.cell(row, "card") == card)
    }

    #[cfg(test)]
    pub(super) fn as_read_only(&mut self) {
        self.file = File::open(&self.path).expect("it is there");
    }

    /// The row that was keyed last and stands.
    pub(super) fn last(&self) -> Option<&[String]> {
        self.rows.iter().max_by_key(|(line, _)| *line).map(|(_, row)| row.as_slice())
    }
}

/// Of rows of revocations those that no later row takes away.
fn standing(rows: Vec<(u64, Vec<String>)>) -> Vec<(u64, Vec<String>)> {
    let mut standing: Vec<(u64, Vec<String>)> = Vec::new();
    for (line, mut row) in rows {
        let said = row.pop().unwrap_or_default();
        if said.is_empty() {
            standing.push((line, row));
        } else if let Some(place) = standing.iter().rposition(|(_, before)| *before == row) {
            standing.remove(place);
        }
    }
    standing
}

/// Keeps other runs away from a file. Where a lock also keeps readers away, none is taken: the file is read while it is
/// keyed into.
#[cfg(unix)]
fn lock(file: &File, path: &Path) -> anyhow::Result<()> {
    use std::fs::TryLockError;
    use std::io::ErrorKind;

    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            anyhow::bail!("{} is being keyed into by another run", path.display())
        }
        // Not every file system has locks.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}

#[cfg(not(unix))]
fn lock(_file: &File, _path: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// A row as it is written.
pub(super) fn line(cells: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Nothing that is written to memory can fail.
    let _ = writer.write_record(cells);
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}
