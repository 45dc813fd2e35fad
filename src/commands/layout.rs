//! `quorate layout`: a draft of a layout for a file that nobody has described yet.

use super::{CommandError, Exit, output};
use crate::cli::LayoutArgs;
use crate::load::{self, Role};
use crate::text::visible;

/// The widest cell shown.
const CELL_MAX: usize = 24;

/// Prints the draft, and beside it the first rows as it reads them and what is open.
pub(super) fn run(args: &LayoutArgs) -> anyhow::Result<Exit> {
    let role = match args.role.as_deref() {
        None => None,
        Some(name) => match Role::from_name(name) {
            Some(role) => Some(role),
            None => {
                let names = crate::text::one_of(Role::ALL.iter().map(|role| role.name()));
                let message = format!("--role: `{}` is not a role; expected {names}", visible(name));
                return Err(CommandError::Usage(message).into());
            }
        },
    };
    let shown = args.file.display().to_string();
    let drafted =
        load::draft_layout(&args.file, role).map_err(|why| anyhow::anyhow!("{}: {why}", visible(&shown)))?;
    output::print(&drafted.layout)?;
    if !drafted.rows.is_empty() {
        eprintln!("The first rows of {}, as this draft reads them:", visible(&shown));
        eprint!("{}", table(&drafted.rows));
    }
    for open in &drafted.open {
        eprintln!("open: {}", visible(open));
    }
    eprintln!("{}", closing(drafted.open.len(), &shown));
    Ok(Exit::Certified)
}

fn closing(open: usize, shown: &str) -> String {
    let shown = visible(shown);
    match open {
        0 => format!("note: look at every line of the draft before {shown} is read through it"),
        1 => "note: 1 place is to be looked at; what is an empty string must be filled in".to_owned(),
        _ => format!("note: {open} places are to be looked at; what is an empty string must be filled in"),
    }
}

/// Rows in columns that are aligned.
fn table(rows: &[Vec<String>]) -> String {
    let cell = |text: &String| {
        let shown = visible(text).into_owned();
        if shown.chars().count() <= CELL_MAX {
            return shown;
        }
        shown.chars().take(CELL_MAX - 1).collect::<String>() + "…"
    };
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let widths = rows.iter().filter_map(|row| row.get(column));
        widths.map(|text| unicode_width::UnicodeWidthStr::width(text.as_str())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::from("  ");
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let used = unicode_width::UnicodeWidthStr::width(cell.as_str());
            line.push_str(&" ".repeat(width - used + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
