//! The form on a terminal of at least 80 columns and 24 lines: drawn anew after each key, without colour.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::Context;
use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};

use super::super::{CommandError, Exit, overrides};
use super::desk::{Desk, Kept, Pressed, Shelves};
use super::form::Paper;
use super::judge::Judge;
use super::shelf::{Shelf, UNDONE};
use super::twice::First;
use super::view::View;
use crate::cli::KeyIn;
use crate::load::Role;
use crate::text::{counted, cut, visible};

/// The least terminal that the form fits on.
const COLUMNS: u16 = 80;
const LINES: u16 = 24;

/// Keys paper in until the clerk leaves.
pub(super) fn run(args: &KeyIn) -> anyhow::Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let message = "key needs a terminal: it is a form to be filled in by hand";
        return Err(CommandError::Usage(message.to_owned()).into());
    }
    let mut desk = open(args)?;
    let mut terminal = ratatui::try_init().context("the terminal cannot be drawn on")?;
    let ended = keyed(&mut terminal, &mut desk);
    ratatui::restore();
    ended?;
    let Shelves { cards, revocations, .. } = &desk.shelves;
    eprintln!("{} in {}", counted(cards.rows.len() as u64, "card"), cards.path.display());
    if let Some(shelf) = revocations {
        eprintln!("{} in {}", counted(shelf.rows.len() as u64, "revocation"), shelf.path.display());
    }
    Ok(Exit::Certified)
}

/// Reads the meeting, and opens what is keyed into.
pub(super) fn open(args: &KeyIn) -> anyhow::Result<Desk> {
    let usage = |message: String| anyhow::Error::from(CommandError::Usage(message));
    let input = |problems| anyhow::Error::from(CommandError::Input(problems, UNDONE));
    let Some(into) = args.into.as_ref().or(args.blind.as_ref()) else {
        return Err(usage("--into or --blind names the file to key into".to_owned()));
    };
    let revocations = of_revocations(into);
    let against = args.against.as_deref();
    if against.is_some_and(|against| against == into) {
        return Err(usage("--against: the first keying is another file than the second".to_owned()));
    }
    let mut judge = Judge::new(&args.files.meeting, overrides(&args.files), against);
    let now = judge.without(&[into, &revocations]).map_err(input)?;
    if now.loaded.delimiter != b',' {
        let message = "key writes commas between cells, and `delimiter` of meeting.json says otherwise: give the \
                       other files a layout instead";
        return Err(usage(message.to_owned()));
    }
    let first = against.map(First::read).transpose().map_err(input)?;
    let cards = Shelf::open(Paper::Card, into, Paper::Card.columns(&now))?;
    judge.keyed.push((Role::Cards, into.clone()));
    let begun = revocations.exists().then(|| {
        judge.keyed.push((Role::Revocations, revocations.clone()));
        Shelf::open(Paper::Revocation, &revocations, Paper::Revocation.columns(&now))
    });
    let shelves = Shelves { cards, revocations: begun.transpose()?, revocations_path: revocations };
    let now = judge.counted().map_err(input)?;
    let kept = Kept {
        clerk: args.clerk.clone(),
        batch: args.batch.clone().unwrap_or_default(),
        received: args.received.clone().unwrap_or_default(),
    };
    Ok(Desk::new(judge, shelves, now, first, kept))
}

/// The file of the revocations that are keyed beside a file of cards: `first-revocations.csv` beside `first.csv`.
fn of_revocations(into: &Path) -> PathBuf {
    let stem = into.file_stem().unwrap_or_default().to_string_lossy();
    into.with_file_name(format!("{stem}-revocations.csv"))
}

fn keyed(terminal: &mut ratatui::DefaultTerminal, desk: &mut Desk) -> anyhow::Result<()> {
    while !desk.is_over() {
        terminal.draw(|frame| draw(frame, &desk.view())).context("drawing")?;
        for key in pressed(&event::read().context("reading the keyboard")?) {
            desk.press(key);
        }
    }
    Ok(())
}

/// The keys of an event; none for what is none of the form's.
pub(super) fn pressed(event: &Event) -> Vec<Pressed> {
    let Event::Key(key) = event else { return Vec::new() };
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    let found = match key.code.as_char() {
        Some(letter) if is_control => of_control(letter),
        Some(letter) => Some(Pressed::Letter(letter)),
        None => of_name(key.code),
    };
    // A terminal writes Alt and a key as Esc and that key, and so it is when one follows the other quickly.
    let escape = key.modifiers.contains(KeyModifiers::ALT).then_some(Pressed::Escape);
    escape.into_iter().chain(found).collect()
}

fn of_control(letter: char) -> Option<Pressed> {
    let known = [
        ('u', Pressed::Undo),
        ('t', Pressed::Totals),
        ('r', Pressed::Revocation),
        ('o', Pressed::More),
        ('q', Pressed::Quit),
        ('c', Pressed::Quit),
        // What some scanners end a line with.
        ('j', Pressed::Enter),
    ];
    known.into_iter().find(|(key, _)| *key == letter).map(|(_, pressed)| pressed)
}

fn of_name(code: KeyCode) -> Option<Pressed> {
    let known = [
        (KeyCode::Enter, Pressed::Enter),
        (KeyCode::Tab, Pressed::Enter),
        (KeyCode::Backspace, Pressed::Back),
        (KeyCode::Up, Pressed::Up),
        (KeyCode::BackTab, Pressed::Up),
        (KeyCode::Down, Pressed::Down),
        (KeyCode::Esc, Pressed::Escape),
    ];
    known.into_iter().find(|(name, _)| *name == code).map(|(_, pressed)| pressed)
}

/// Draws the form.
pub(super) fn draw(frame: &mut Frame<'_>, view: &View) {
    let area = frame.area();
    if area.width < COLUMNS || area.height < LINES {
        let message = format!(
            "The form needs {COLUMNS} columns and {LINES} lines; this terminal has {} and {}.",
            area.width, area.height
        );
        frame.render_widget(Paragraph::new(message).wrap(Wrap { trim: true }), area);
        return;
    }
    let [head, body, message, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(5),
        Constraint::Length(3),
        Constraint::Length(1),
    ])
    .areas(area);
    let [form, beside] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(body);
    let keys_height = if view.keys.is_empty() { 0 } else { view.keys.len().saturating_add(2) };
    let keys_height = u16::try_from(keys_height).unwrap_or(u16::MAX);
    let [side, keys] = Layout::vertical([Constraint::Min(3), Constraint::Length(keys_height)]).areas(beside);
    let shown = |lines: &[String]| -> Vec<Line<'static>> {
        lines.iter().map(|line| Line::from(visible(line).into_owned())).collect()
    };
    let boxed = |title: &'static str| Block::new().borders(Borders::ALL).title(title);
    frame.render_widget(Paragraph::new(visible(&view.head).into_owned()), head);
    let height = usize::from(form.height).saturating_sub(2).max(1);
    // What comes next is seen too.
    let first = u16::try_from((view.focus + 3).saturating_sub(height)).unwrap_or(0);
    frame.render_widget(Paragraph::new(shown(&view.form)).scroll((first, 0)).block(boxed(view.title)), form);
    let side_text = Paragraph::new(shown(&view.side)).wrap(Wrap { trim: false });
    frame.render_widget(side_text.block(boxed(view.side_title)), side);
    if !view.keys.is_empty() {
        let lines: Vec<String> =
            view.keys.iter().map(|line| cut(line, usize::from(keys.width) - 2)).collect();
        frame.render_widget(Paragraph::new(shown(&lines)).block(boxed(" Keys ")), keys);
    }
    let told = Paragraph::new(visible(&view.message).into_owned()).wrap(Wrap { trim: false });
    frame.render_widget(told, message);
    frame.render_widget(Paragraph::new(view.foot), foot);
}
