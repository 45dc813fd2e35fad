//! The room's screen on a terminal of at least 80 columns and 24 lines, without colour.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Paragraph};
use unicode_width::UnicodeWidthStr;

use super::super::output::{self, Access};
use super::super::{CommandError, Exit, overrides};
use super::seen::{Look, Seen};
use crate::cli::Watch;
use crate::render::html;
use crate::render::room::{Gauge, LEGEND, Standing};
use crate::text::{counted, cut, visible};

/// The least terminal that the screen fits on.
const COLUMNS: u16 = 80;
const LINES: u16 = 24;

/// How often the files are looked at.
const BEAT: Duration = Duration::from_millis(200);

/// The page for the projector.
const PAGE: &str = "room.html";

/// How wide the names beside bars are at most.
const LABELS: usize = 36;

/// The most lines that cards, news and open matters take.
const BELOW_MAX: usize = 11;

/// The most open matters that are shown.
const OPEN_MAX: usize = 3;

/// Shows where the meeting stands until it is left.
pub(super) fn run(args: &Watch) -> anyhow::Result<Exit> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let message = "watch needs a terminal: it is a screen that changes with the files";
        return Err(CommandError::Usage(message.to_owned()).into());
    }
    let mut seen = open(args)?;
    let mut terminal = ratatui::try_init().context("the terminal cannot be drawn on")?;
    let ended = watched(&mut terminal, &mut seen, args.out.as_deref());
    ratatui::restore();
    ended.map(|()| Exit::Certified)
}

/// Counts for the first time, and writes the page.
pub(super) fn open(args: &Watch) -> anyhow::Result<Seen> {
    let files = overrides(&args.files);
    let seen = Seen::new(&args.files.meeting, files, Instant::now())
        .map_err(|problems| CommandError::Input(problems, "nothing is shown"))?;
    if let Some(folder) = &args.out {
        write_page(&seen, folder)?;
    }
    Ok(seen)
}

fn watched(
    terminal: &mut ratatui::DefaultTerminal,
    seen: &mut Seen,
    out: Option<&Path>,
) -> anyhow::Result<()> {
    let mut first = 0;
    loop {
        terminal.draw(|frame| draw(frame, seen, first, Instant::now())).context("drawing")?;
        if event::poll(BEAT).context("reading the keyboard")? {
            match pressed(&event::read().context("reading the keyboard")?) {
                Some(Pressed::Leave) => return Ok(()),
                Some(Pressed::Up) => first = first.saturating_sub(1),
                Some(Pressed::Down) => first = (first + 1).min(lines(seen, usize::from(COLUMNS)).len()),
                None => {}
            }
        }
        step(seen, out, Instant::now());
    }
}

/// Looks at the files once, and writes the page where there is a new count. What cannot be written is told on the
/// screen.
pub(super) fn step(seen: &mut Seen, out: Option<&Path>, now: Instant) -> Look {
    let look = seen.look(now);
    if look == Look::Counted
        && let Some(folder) = out
        && let Err(error) = write_page(seen, folder)
    {
        seen.fault = Some(format!("the page was not written: {error:#}"));
    }
    look
}

/// The page for the projector, for everybody to read.
fn write_page(seen: &Seen, folder: &Path) -> anyhow::Result<()> {
    let page = html::room::render(&seen.certificate).into_bytes();
    output::replace(folder, Access::Shared, &[(PAGE, page)])
}

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pressed {
    Leave,
    Up,
    Down,
}

fn pressed(event: &Event) -> Option<Pressed> {
    let Event::Key(key) = event else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code.as_char() {
        Some('q') => return Some(Pressed::Leave),
        Some('c') if is_control => return Some(Pressed::Leave),
        Some(_) | None => {}
    }
    let known = [(KeyCode::Up, Pressed::Up), (KeyCode::Down, Pressed::Down)];
    known.into_iter().find(|(code, _)| *code == key.code).map(|(_, pressed)| pressed)
}

/// Draws what is seen, its items from a line on.
pub(super) fn draw(frame: &mut Frame<'_>, seen: &Seen, first: usize, now: Instant) {
    let area = frame.area();
    if area.width < COLUMNS || area.height < LINES {
        let message = format!(
            "The screen needs {COLUMNS} columns and {LINES} lines; this terminal has {} and {}.",
            area.width, area.height
        );
        frame.render_widget(Paragraph::new(message), area);
        return;
    }
    let below: Vec<String> = below(seen, now)
        .iter()
        .flat_map(|line| textwrap::wrap(line, usize::from(area.width) - 2))
        .map(std::borrow::Cow::into_owned)
        .take(BELOW_MAX)
        .collect();
    let height = u16::try_from(below.len()).unwrap_or(u16::MAX).saturating_add(2);
    let [head, items, news, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(5),
        Constraint::Length(height),
        Constraint::Length(1),
    ])
    .areas(area);
    let width = usize::from(area.width);
    let shown = |lines: Vec<String>, width: usize| -> Vec<Line<'static>> {
        lines.iter().map(|line| Line::from(cut(line, width))).collect()
    };
    frame.render_widget(Paragraph::new(cut(&seen.room.heading, width)), head);
    let all = lines(seen, width - 2);
    let last = all.len().saturating_sub(usize::from(items.height).saturating_sub(2));
    let rest: Vec<String> = all.into_iter().skip(first.min(last)).collect();
    let boxed = |title: String| Block::new().borders(Borders::ALL).title(title);
    let title = format!(" {LEGEND} ");
    frame.render_widget(Paragraph::new(shown(rest, width - 2)).block(boxed(title)), items);
    frame.render_widget(Paragraph::new(shown(below, width - 2)).block(boxed(" Cards ".to_owned())), news);
    frame.render_widget(Paragraph::new("q leaves  Up and Down scroll"), foot);
}

/// The quorum and every item.
fn lines(seen: &Seen, width: usize) -> Vec<String> {
    seen.room.standings.iter().flat_map(|standing| of_standing(standing, width)).collect()
}

fn of_standing(standing: &Standing, width: usize) -> Vec<String> {
    let mut lines = vec![standing.title.clone()];
    let told = textwrap::wrap(&standing.says, width.saturating_sub(2));
    lines.extend(told.into_iter().map(|line| format!("  {line}")));
    let labels = standing.bars.iter().map(|bar| UnicodeWidthStr::width(&*visible(&bar.label)));
    let beside = labels.max().unwrap_or(0).min(LABELS);
    lines.extend(standing.bars.iter().map(|bar| of_bar(bar, beside, width)));
    lines
}

fn of_bar(bar: &Gauge, beside: usize, width: usize) -> String {
    let label = cut(&bar.label, beside);
    let blanks = " ".repeat(beside.saturating_sub(UnicodeWidthStr::width(label.as_str())));
    let gap = if beside == 0 { "" } else { " " };
    let drawn = bar.drawn(width.saturating_sub(beside + gap.len() + 4));
    format!("  {label}{blanks}{gap}[{drawn}]")
}

/// Cards, what came, what is open, and why the newest could not be counted.
fn below(seen: &Seen, now: Instant) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(fault) = &seen.fault {
        lines.push(format!("NOT COUNTED AGAIN: {fault}"));
        lines.push(format!("What is shown is the count of {}.", ago(now.duration_since(seen.counted_at))));
    }
    lines.push(seen.room.cards.clone());
    let news = seen.news.iter();
    lines.extend(news.map(|(at, what)| format!("{}: {what}", ago(now.duration_since(*at)))));
    let open = &seen.room.open;
    if !open.is_empty() {
        let more = open.len().saturating_sub(OPEN_MAX);
        let more = if more > 0 { format!("; … and {more} more") } else { String::new() };
        lines.push(format!("Open: {}{more}", open[..open.len().min(OPEN_MAX)].join("; ")));
    }
    lines
}

/// How long ago, in whole seconds or minutes.
fn ago(since: Duration) -> String {
    match since.as_secs() {
        0..=4 => "just now".to_owned(),
        seconds @ 5..=119 => format!("{seconds} s ago"),
        seconds => format!("{} ago", counted(seconds / 60, "minute")),
    }
}
