//! The form on a terminal of at least 80 columns and 24 lines: drawn anew after each key, without colour.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use anyhow::Context;
use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};

use super::super::{CommandError, Exit, overrides};
use super::desk::{Desk, Pressed, View};
use super::judge::Judge;
use super::shelf::Shelf;
use crate::cli::KeyIn;
use crate::keying::Sheet;
use crate::load::{Problems, source};
use crate::text::visible;

const UNDONE: &str = "nothing was keyed";

/// Keys paper in until the clerk leaves.
pub(super) fn run(args: &KeyIn) -> anyhow::Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(CommandError::Usage(
            "key needs a terminal: it is a form to be filled in by hand".to_owned(),
        )
        .into());
    }
    let mut desk = open(args)?;
    let mut terminal = ratatui::try_init().context("the terminal cannot be drawn on")?;
    let ended = keyed(&mut terminal, &mut desk);
    ratatui::restore();
    ended?;
    let count = desk.shelf.sheet.as_ref().map_or(0, |sheet| sheet.rows.len());
    eprintln!("{count} cards stand in {}", desk.shelf.path.display());
    Ok(Exit::Certified)
}

/// Reads the meeting, and opens what is keyed into.
pub(super) fn open(args: &KeyIn) -> anyhow::Result<Desk> {
    let (into, against) = match (&args.into, &args.blind) {
        (Some(into), _) | (None, Some(into)) => (into, args.against.as_ref()),
        (None, None) => return Err(CommandError::Usage("--into or --blind names the file".to_owned()).into()),
    };
    let input = |problems| anyhow::Error::from(CommandError::Input(problems, UNDONE));
    let judge =
        Judge { meeting: args.files.meeting.clone(), overrides: overrides(&args.files), into: into.clone() };
    let now = judge.counted().map_err(input)?;
    let against = match against {
        Some(path) => {
            let mut problems = Problems::default();
            let first = source::read(path, &path.display().to_string(), &mut problems)
                .and_then(|source| Sheet::read(&source, &["card", "account"], &mut problems));
            Some(first.ok_or_else(|| input(problems))?)
        }
        None => None,
    };
    let shelf = Shelf::open(into, &Desk::columns(&now))?;
    let kept = BTreeMap::from([
        ("clerk", args.clerk.clone()),
        ("batch", args.batch.clone().unwrap_or_default()),
        ("received", args.received.clone().unwrap_or_default()),
    ]);
    Ok(Desk::new(judge, shelf, now, against, kept))
}

fn keyed(terminal: &mut ratatui::DefaultTerminal, desk: &mut Desk) -> anyhow::Result<()> {
    while !desk.is_over() {
        terminal.draw(|frame| draw(frame, &desk.view())).context("drawing")?;
        if let Some(key) = pressed(&event::read().context("reading the keyboard")?) {
            desk.press(key)?;
        }
    }
    Ok(())
}

/// The key of an event; nothing for what is none of the form's.
fn pressed(event: &Event) -> Option<Pressed> {
    let Event::Key(key) = event else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    if let KeyCode::Char(letter) = key.code {
        return match (is_control, letter) {
            (true, 'u') => Some(Pressed::Undo),
            (true, 'b') => Some(Pressed::Totals),
            (true, 'q' | 'c') => Some(Pressed::Quit),
            (true, _) => None,
            (false, letter) => Some(Pressed::Letter(letter)),
        };
    }
    let named = [
        (KeyCode::Enter, Pressed::Enter),
        (KeyCode::Tab, Pressed::Enter),
        (KeyCode::Backspace, Pressed::Back),
        (KeyCode::Up, Pressed::Up),
        (KeyCode::BackTab, Pressed::Up),
        (KeyCode::Down, Pressed::Down),
        (KeyCode::Esc, Pressed::Escape),
    ];
    named.into_iter().find(|(code, _)| *code == key.code).map(|(_, pressed)| pressed)
}

/// Draws the form.
pub(super) fn draw(frame: &mut Frame<'_>, view: &View) {
    let [head, body, message, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(5),
        Constraint::Length(3),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let [form, side] =
        Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]).areas(body);
    let shown = |lines: &[String]| -> Vec<Line<'static>> {
        lines.iter().map(|line| Line::from(visible(line).into_owned())).collect()
    };
    frame.render_widget(Paragraph::new(visible(&view.head).into_owned()), head);
    let height = usize::from(form.height).saturating_sub(2).max(1);
    let first = u16::try_from((view.focus + 1).saturating_sub(height)).unwrap_or(0);
    let boxed = |title: &'static str| Block::new().borders(Borders::ALL).title(title);
    frame.render_widget(Paragraph::new(shown(&view.form)).scroll((first, 0)).block(boxed(" Card ")), form);
    let side_text = Paragraph::new(shown(&view.side)).wrap(Wrap { trim: false }).block(boxed(" Holder "));
    frame.render_widget(side_text, side);
    frame.render_widget(
        Paragraph::new(visible(&view.message).into_owned()).wrap(Wrap { trim: false }),
        message,
    );
    frame.render_widget(Paragraph::new(view.foot.clone()), foot);
}
