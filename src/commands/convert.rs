//! `quorate convert`: a meeting in quorate's own files, with every cell that is written otherwise than it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use super::{CommandError, Exit, loaded, output};
use crate::cli::Convert;
use crate::load::{self, CellChange, ConversionError, Input, Loaded, Role};
use crate::text::{counted, quoted, visible};

const UNDONE: &str = "nothing was written";

/// Writes the meeting into a new folder, whole or not at all.
pub(super) fn run(args: &Convert) -> anyhow::Result<Exit> {
    let shown = args.out.display().to_string();
    refuse_what_is_there(&args.out)?;
    let loaded = loaded(&args.files).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let parent = match args.out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    fs::create_dir_all(&parent).with_context(|| format!("making {}", quoted(&shown)))?;
    let staged = tempfile::Builder::new().prefix(".quorate-").tempdir_in(&parent)?;
    let written = write(&loaded, staged.path()).with_context(|| format!("writing {}", quoted(&shown)))?;
    if args.out.is_dir() {
        fs::remove_dir(&args.out).with_context(|| format!("making {}", quoted(&shown)))?;
    }
    fs::rename(staged.keep(), &args.out).with_context(|| format!("making {}", quoted(&shown)))?;
    output::print(&format!(
        "{}: {}\n{} written otherwise than found: conversion.csv tells each\n",
        visible(&shown),
        written.names.join(", "),
        counted(written.changes, "cell"),
    ))?;
    Ok(Exit::Certified)
}

struct Written {
    names: Vec<String>,
    changes: u64,
}

fn refuse_what_is_there(folder: &Path) -> anyhow::Result<()> {
    let shown = quoted(&folder.display().to_string());
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => anyhow::bail!("{shown} already exists and is not empty; nothing was written"),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && folder.symlink_metadata().is_err() => Ok(()),
        Err(error) => anyhow::bail!("{shown} already exists ({error}); nothing was written"),
    }
}

/// The name of each file in the folder: the default one where it is its role's only file.
fn names(loaded: &Loaded) -> Vec<String> {
    let of_role = |role: Role| loaded.inputs.iter().filter(|input| input.role == role).count();
    let mut met: BTreeMap<Role, usize> = BTreeMap::new();
    let name = |input: &Input| {
        let number = met.entry(input.role).or_default();
        *number += 1;
        if of_role(input.role) == 1 {
            return input.role.default_file().to_owned();
        }
        format!("{}-{number}.csv", input.role.name())
    };
    loaded.inputs.iter().map(name).collect()
}

fn write(loaded: &Loaded, folder: &Path) -> anyhow::Result<Written> {
    let names = names(loaded);
    let mut changes = csv::Writer::from_path(folder.join("conversion.csv"))?;
    changes.write_record(["file", "line", "column", "as_found", "as_read"])?;
    let mut count = 0;
    for (input, name) in loaded.inputs.iter().zip(&names) {
        let sheet = input.laid.as_ref().and_then(|laid| laid.sheet.as_deref());
        for change in write_input(loaded, input, &names, &folder.join(name))? {
            let line = match sheet {
                Some(sheet) => format!("{sheet}!{}", change.line),
                None => change.line.to_string(),
            };
            changes.write_record([&input.path, &line, &change.column, &change.found, &change.became])?;
            count += 1;
        }
    }
    changes.flush()?;
    let mut names = names;
    names.push("conversion.csv".to_owned());
    let mut sums = String::new();
    for name in &names {
        let digest = load::digest(&folder.join(name)).map_err(|why| anyhow::anyhow!("{name} {why}"))?;
        sums.push_str(&format!("{digest}  {name}\n"));
    }
    fs::write(folder.join("SHA256SUMS"), sums)?;
    names.push("SHA256SUMS".to_owned());
    Ok(Written { names, changes: count })
}

fn write_input(
    loaded: &Loaded,
    input: &Input,
    names: &[String],
    path: &Path,
) -> anyhow::Result<Vec<CellChange>> {
    if input.role == Role::Meeting {
        write_meeting(loaded, input, names, path)?;
        return Ok(Vec::new());
    }
    let mut out = BufWriter::new(File::create_new(path)?);
    let changes = match load::write_as_read(loaded, input, &mut out) {
        Ok(changes) => changes,
        Err(ConversionError::Input(problems)) => return Err(CommandError::Input(problems, UNDONE).into()),
        Err(ConversionError::Output(error)) => return Err(error.into()),
    };
    let changes = match changes {
        Some(changes) => changes,
        None => write_own(loaded, input, &mut out)?,
    };
    out.flush()?;
    Ok(changes)
}

/// A file of our own: its headers as ours, its fields between commas, without the columns that are dropped.
fn write_own(loaded: &Loaded, input: &Input, out: &mut impl Write) -> anyhow::Result<Vec<CellChange>> {
    if input.renamings.is_empty() && loaded.delimiter == b',' {
        io::copy(&mut File::open(&input.location)?, out)?;
        return Ok(Vec::new());
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(loaded.delimiter)
        .has_headers(false)
        .from_path(&input.location)?;
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    let mut changes = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record?;
        if place > 0 {
            writer.write_record(kept.iter().map(|place| record.get(*place).unwrap_or("").trim()))?;
            continue;
        }
        let mut headers = Vec::new();
        for (place, header) in record.iter().enumerate() {
            let header = header.trim_start_matches('\u{feff}').trim();
            let renaming = input.renamings.iter().find(|renaming| renaming.header == header);
            let ours = renaming.map_or(Some(header), |renaming| renaming.ours.as_deref());
            if ours != Some(header) {
                let became = ours.unwrap_or("").to_owned();
                changes.push(CellChange {
                    line: 1,
                    column: header.to_owned(),
                    found: header.to_owned(),
                    became,
                });
            }
            if let Some(ours) = ours {
                headers.push(ours.to_owned());
                kept.push(place);
            }
        }
        writer.write_record(&headers)?;
    }
    writer.flush()?;
    Ok(changes)
}

/// meeting.json, without what says how foreign files are read.
fn write_meeting(loaded: &Loaded, input: &Input, names: &[String], path: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(&input.location)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut meeting: Value = serde_json::from_slice(bytes).context("reading meeting.json again")?;
    let mut files: BTreeMap<Role, Vec<&str>> = BTreeMap::new();
    for (input, name) in loaded.inputs.iter().zip(names).skip(1) {
        files.entry(input.role).or_default().push(name);
    }
    let several = files.iter().filter(|(_, names)| names.len() > 1);
    let named: serde_json::Map<String, Value> =
        several.map(|(role, names)| (role.name().to_owned(), Value::from(names.clone()))).collect();
    if let Some(fields) = meeting.as_object_mut() {
        for key in ["columns", "delimiter", "files"] {
            fields.shift_remove(key);
        }
        if !named.is_empty() {
            fields.insert("files".to_owned(), Value::Object(named));
        }
        if let Some(expect) = fields.get_mut("expect").and_then(Value::as_object_mut) {
            *expect = std::mem::take(expect)
                .into_iter()
                .map(|(of, totals)| {
                    let place = loaded.inputs.iter().skip(1).position(|input| input.path == of);
                    (place.map_or(of, |place| names[place + 1].clone()), totals)
                })
                .collect();
        }
    }
    fs::write(path, serde_json::to_string_pretty(&meeting)? + "\n")?;
    Ok(())
}
