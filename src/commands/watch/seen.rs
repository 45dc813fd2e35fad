//! The count that is shown: the last good one, what changed since the one before, and why the newest could not be
//! counted.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::eye::{Eye, Looks};
use crate::amount::Votes;
use crate::certify::{Certificate, certify};
use crate::load::{Overrides, Problems, load};
use crate::render::room::{Room, outcomes};
use crate::render::words::of_votes;
use crate::tabulate::Tabulation;
use crate::text::counted;

/// The most news that are kept.
const NEWS_MAX: usize = 3;

/// After how long a meeting that could not be counted is tried again though nothing is seen to have changed.
const AGAIN: Duration = Duration::from_secs(2);

/// For how long a file that ends within a line is taken to be still written.
const WRITING: Duration = Duration::from_secs(10);

/// What is shown, and what it was made of.
pub(super) struct Seen {
    meeting: PathBuf,
    overrides: Overrides,
    eye: Eye,
    /// What lay there when it was counted last, or that was tried.
    tried: Looks,
    tried_at: Instant,
    /// Since when it lies there.
    since: Instant,
    /// What was seen to have changed, until it is seen unchanged once more.
    pending: Option<Looks>,
    pub(super) certificate: Certificate,
    pub(super) room: Room,
    pub(super) counted_at: Instant,
    /// Why what lies there now could not be counted.
    pub(super) fault: Option<String>,
    /// What came, the newest first.
    pub(super) news: Vec<(Instant, String)>,
}

/// What a look found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing else than before.
    Same,
    /// There is a new count.
    Counted,
    /// What lies there cannot be counted: the last good count stands.
    Kept,
}

impl Seen {
    /// Counts for the first time.
    ///
    /// # Errors
    /// Every problem of the meeting's files.
    pub(super) fn new(meeting: &Path, overrides: Overrides, now: Instant) -> Result<Self, Problems> {
        let mut eye = Eye::new(meeting);
        let tried = eye.look();
        let certificate = counted_now(meeting, &overrides, &mut eye)?;
        // With the files that lie elsewhere.
        let tried = eye.look().into_iter().chain(tried).collect();
        Ok(Self {
            meeting: meeting.to_owned(),
            overrides,
            eye,
            tried,
            tried_at: now,
            since: now,
            pending: None,
            room: Room::of(&certificate),
            certificate,
            counted_at: now,
            fault: None,
            news: Vec::new(),
        })
    }

    /// Looks whether a file changed, and counts again once none changes any more.
    pub(super) fn look(&mut self, now: Instant) -> Look {
        let looks = self.eye.look();
        let is_again = self.fault.is_some() && now.duration_since(self.tried_at) >= AGAIN;
        if looks == self.tried && !is_again {
            self.pending = None;
            return Look::Same;
        }
        // A file that still grows is left alone.
        if self.pending.as_ref() != Some(&looks) && !is_again {
            self.pending = Some(looks);
            return Look::Same;
        }
        if looks != self.tried {
            self.since = now;
        }
        (self.pending, self.tried, self.tried_at) = (None, looks, now);
        let is_recent = now.duration_since(self.since) < WRITING;
        if let Some(path) = self.eye.half_written().filter(|_| is_recent) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return self.keep(format!("{name} ends within a line: it is being written"));
        }
        match counted_now(&self.meeting, &self.overrides, &mut self.eye) {
            Ok(certificate) => {
                self.take(certificate, now);
                Look::Counted
            }
            Err(problems) => self.keep(told(&problems)),
        }
    }

    fn keep(&mut self, fault: String) -> Look {
        self.fault = Some(fault);
        Look::Kept
    }

    fn take(&mut self, certificate: Certificate, now: Instant) {
        if let Some(news) = news(&self.certificate, &certificate) {
            self.news.insert(0, (now, news));
            self.news.truncate(NEWS_MAX);
        }
        self.room = Room::of(&certificate);
        self.certificate = certificate;
        (self.counted_at, self.fault) = (now, None);
    }
}

/// Reads and counts the meeting.
fn counted_now(meeting: &Path, overrides: &Overrides, eye: &mut Eye) -> Result<Certificate, Problems> {
    let tabulation = Tabulation::of(load(meeting, overrides)?, None)?;
    eye.remember(&tabulation.loaded);
    Ok(certify(&tabulation, None))
}

/// The first problem, and how many more there are.
fn told(problems: &Problems) -> String {
    let shown = problems.shown();
    let Some(first) = shown.first() else { return "the files cannot be counted".to_owned() };
    let more = match problems.count().saturating_sub(1) {
        0 => String::new(),
        more => format!(", and {}", counted(more, "more problem")),
    };
    format!("{}: {}{more}", first.place, first.message)
}

/// What changed from one count to the next; nothing where neither cards, votes nor outcomes did.
fn news(before: &Certificate, now: &Certificate) -> Option<String> {
    let mut told = Vec::new();
    let (was, is) = (before.cards.read, now.cards.read);
    if is > was {
        told.push(format!("{} came in", counted(is - was, "card")));
    } else if is < was {
        told.push(format!("{} fewer", counted(was - is, "card")));
    }
    let (was, is): (Votes, Votes) = (before.quorum.present, now.quorum.present);
    if is > was {
        told.push(format!("{} more present", of_votes(is.saturating_sub(was))));
    } else if is < was {
        told.push(format!("{} fewer present", of_votes(was.saturating_sub(is))));
    }
    let old = outcomes(before);
    for (id, outcome) in outcomes(now) {
        let was = old.iter().find(|(of, _)| *of == id).map(|(_, was)| was);
        if was.is_some_and(|was| *was != outcome) {
            told.push(format!("item {id}: {outcome}"));
        }
    }
    (!told.is_empty()).then(|| told.join(", "))
}
