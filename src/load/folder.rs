//! A meeting's folder: which files there are, read in one pass, with every problem of all of them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::accounts::{AccountId, Accounts, KnownAccounts};
use super::cards::Cards;
use super::holdings::Holdings;
use super::meeting::{self, Arrangement};
use super::omnibus::{self, OmnibusRow};
use super::problem::Problems;
use super::read_cards;
use super::register::{self, CoHolder, Register};
use super::revocations::{self, Revocation};
use super::rulings::{self, Ruling};
use super::signers::{CardContext, Signers};
use super::source::{self, Pieces};
use super::street::{self, StreetRow};
use super::table::{CsvTable, Known, columns};
use super::{FileFigures, Input, Role};
use crate::amount::Shares;
use crate::ballot::Layout;
use crate::catalogue::Code;
use crate::meeting::{Cumulative, Meeting, NOTICE_OF_MEETING};
use crate::parallel::Threads;
use crate::progress::Progress;
use crate::text::{counted, thousands, visible};

/// Files named on the command line instead of those of the folder.
#[derive(Debug, Default, Clone)]
pub struct Overrides {
    /// Per role, the files.
    pub files: HashMap<Role, Vec<PathBuf>>,
    /// How many threads may work at once; no figure and no byte depends on it.
    pub threads: Threads,
    /// Where the run says how far it is.
    pub progress: Arc<Progress>,
}

/// A meeting with all its rows.
#[derive(Debug)]
pub struct Loaded {
    /// What is voted on.
    pub meeting: Meeting,
    /// Accounts; those from `known_accounts` on are only named by cards.
    pub accounts: Accounts,
    /// How many accounts the register and omnibus.csv have.
    pub known_accounts: usize,
    /// The holders of record.
    pub register: Register,
    /// Who passed voting power to whom.
    pub omnibus: Vec<OmnibusRow>,
    /// The cards.
    pub cards: Cards,
    /// Participants' totals.
    pub street: Vec<StreetRow>,
    /// Revocations.
    pub revocations: Vec<Revocation>,
    /// Rulings.
    pub rulings: Vec<Ruling>,
    /// The files, in the order read.
    pub inputs: Vec<Input>,
    /// How many threads may work at once.
    pub threads: Threads,
    /// Where the run says how far it is.
    pub progress: Arc<Progress>,
}

/// A file to read.
struct Planned {
    path: PathBuf,
    label: String,
}

/// Reads a meeting's folder, or the folder of a meeting.json.
///
/// # Errors
/// Every problem of every file.
pub fn load(meeting_path: &Path, overrides: &Overrides) -> Result<Loaded, Problems> {
    let mut problems = Problems::default();
    let file =
        if meeting_path.is_dir() { meeting_path.join("meeting.json") } else { meeting_path.to_owned() };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    let label =
        file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into_owned());
    if file.symlink_metadata().is_err() {
        // The path as typed, where nothing is found at it.
        let what =
            if meeting_path.is_dir() { "there is no such file" } else { "there is no such file or folder" };
        problems.in_file(&file.display().to_string(), Code::FileMissing.fault(what));
        return Err(problems);
    }
    let Some(source) = source::read(&file, &label, &mut problems) else { return Err(problems) };
    let input = Input {
        role: Role::Meeting,
        path: label,
        location: file.clone(),
        bytes: source.bytes,
        rows: None,
        shares: None,
        sha256: source.sha256.clone(),
        columns: std::collections::BTreeMap::new(),
        fingerprint: source.fingerprint.clone(),
    };
    let Some((meeting, arrangement)) = meeting::read(&source, &folder, &mut problems) else {
        return Err(problems);
    };
    let loader =
        Loader { folder: &folder, arrangement: &arrangement, overrides, problems, inputs: vec![input] };
    loader.run(meeting)
}

struct Loader<'a> {
    folder: &'a Path,
    arrangement: &'a Arrangement,
    overrides: &'a Overrides,
    problems: Problems,
    inputs: Vec<Input>,
}

impl Loader<'_> {
    fn run(mut self, meeting: Meeting) -> Result<Loaded, Problems> {
        if !self.arrangement.has_delimiter {
            // Split at something else, every line would be at fault.
            return Err(self.problems);
        }
        let mut accounts = Accounts::default();
        let mut register = Register::default();
        let known = columns(&register::REQUIRED, &register::OPTIONAL);
        self.each_file(Role::Register, &known, |table, problems| {
            let (read, named, figures) = register::read(table, &meeting, problems)?;
            (register, accounts) = (read, named);
            Some(figures)
        });
        let mut omnibus = Vec::new();
        let has_register = self.is_sound(Role::Register);
        self.each_file(Role::Omnibus, &columns(&omnibus::REQUIRED, &omnibus::OPTIONAL), |table, problems| {
            let (rows, figures) = omnibus::read(table, &meeting, &mut accounts, has_register, problems)?;
            omnibus = rows;
            Some(figures)
        });
        let known_accounts = accounts.count();
        let has_all_accounts = [Role::Register, Role::Omnibus].iter().all(|role| self.is_sound(*role));
        let holdings = Holdings::new(known_accounts, &meeting, (&register, has_all_accounts), &omnibus);
        let mut cards = Cards::new(Layout::of(&meeting.items), Signers::new(co_holders(&register)));
        let context = CardContext { meeting: &meeting, known_accounts, holdings: &holdings };
        if !self.arrangement.has_all_items {
            // What cards, totals and rulings may say depends on the items, which are at fault.
            return Err(self.problems);
        }
        self.each_file(
            Role::Cards,
            &read_cards::known_columns(&Layout::of(&meeting.items)),
            |table, problems| read_cards::read(table, &context, &mut accounts, &mut cards, problems),
        );
        let known =
            KnownAccounts { accounts: &accounts, count: known_accounts, is_complete: has_all_accounts };
        let mut street: Vec<StreetRow> = Vec::new();
        self.each_file(Role::Street, &columns(&street::REQUIRED, &street::OPTIONAL), |table, problems| {
            let (rows, figures) = street::read(table, &meeting, &known, problems)?;
            street = rows;
            check_street_classes(table, &street, &holdings, &accounts, problems);
            Some(figures)
        });
        let mut revocations = Vec::new();
        let headers = columns(&revocations::REQUIRED, &revocations::OPTIONAL);
        self.each_file(Role::Revocations, &headers, |table, problems| {
            let (rows, figures) = revocations::read(table, &context, &known, cards.signers_mut(), problems)?;
            revocations = rows;
            Some(figures)
        });
        let mut rulings = Vec::new();
        let has_all_cards = self.is_sound(Role::Cards);
        let headers = columns(&rulings::REQUIRED, &rulings::OPTIONAL);
        self.each_file(Role::Rulings, &headers, |table, problems| {
            let (rows, figures) = rulings::read(table, &meeting, &cards, has_all_cards, problems)?;
            rulings = rows;
            Some(figures)
        });
        if has_all_accounts {
            self.check_excluded(&meeting, &accounts, known_accounts);
            self.check_notices(&meeting, &accounts, known_accounts, &register);
        }
        if self.problems.is_empty() {
            self.check_expected();
            self.check_unchanged();
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        accounts.put_index_away();
        cards.put_index_away();
        let inputs = self.inputs;
        Ok(Loaded {
            meeting,
            accounts,
            known_accounts,
            register,
            omnibus,
            cards,
            street,
            revocations,
            rulings,
            inputs,
            threads: self.overrides.threads,
            progress: Arc::clone(&self.overrides.progress),
        })
    }

    /// Whether the files of a role were read without a problem.
    fn is_sound(&self, role: Role) -> bool {
        let is_named_soundly =
            self.overrides.files.contains_key(&role) || !self.arrangement.at_fault.contains(&role);
        is_named_soundly && !self.planned(role).iter().any(|planned| self.problems.has_in(&planned.label))
    }

    /// The files of a role: those of the command line, else those of meeting.json, else the default
    /// one where it is there.
    fn planned(&self, role: Role) -> Vec<Planned> {
        if let Some(paths) = self.overrides.files.get(&role) {
            let planned = |path: &PathBuf| Planned { path: path.clone(), label: path.display().to_string() };
            return paths.iter().map(planned).collect();
        }
        if let Some(named) = self.arrangement.files.get(&role) {
            let planned = |name: &String| Planned { path: self.folder.join(name), label: name.clone() };
            return named.iter().map(planned).collect();
        }
        let name = role.default_file();
        let path = self.folder.join(name);
        // A default file is skipped when absent; one that is there, even as a broken link, is read.
        if role == Role::Register || path.symlink_metadata().is_ok() {
            return vec![Planned { path, label: name.to_owned() }];
        }
        Vec::new()
    }

    /// Reads every file of a role with `read`.
    fn each_file(
        &mut self,
        role: Role,
        known: &[Known],
        mut read: impl FnMut(&CsvTable<'_>, &mut Problems) -> Option<FileFigures>,
    ) {
        let renamed = self.arrangement.renamed.get(&role);
        let delimiter = self.arrangement.delimiter.unwrap_or(b',');
        let threads = self.overrides.threads;
        let mut real: HashSet<PathBuf> = HashSet::new();
        for planned in self.planned(role) {
            if !real.insert(planned.path.canonicalize().unwrap_or_else(|_| planned.path.clone())) {
                self.problems.in_file(&planned.label, Code::IdRepeated.fault("is named twice"));
                continue;
            }
            let Some(pieces) = self.open(role, &planned) else { continue };
            let progress = &*self.overrides.progress;
            progress.begin(format!("reading {}", visible(&planned.label)), pieces.size());
            let file = (planned.label.as_str(), pieces);
            let Some(table) =
                CsvTable::open(file, known, renamed, delimiter, (threads, progress), &mut self.problems)
            else {
                continue;
            };
            let Some(figures) = read(&table, &mut self.problems) else { continue };
            if figures.shares.is_none() && role.states_shares() {
                self.problems.in_file(
                    &planned.label,
                    Code::AmountTotal.fault("the shares come to more than can be counted"),
                );
            }
            self.inputs.push(Input {
                role,
                path: planned.label,
                location: planned.path,
                bytes: figures.ended.bytes,
                rows: Some(figures.rows),
                shares: figures.shares,
                sha256: figures.ended.sha256,
                columns: renamed.cloned().unwrap_or_default(),
                fingerprint: figures.ended.fingerprint,
            });
        }
    }

    /// Opens a file; one of the folder may not be a link that leads out of it.
    fn open(&mut self, role: Role, planned: &Planned) -> Option<Pieces> {
        let is_flag = self.overrides.files.contains_key(&role);
        let allowed = if is_flag { Ok(()) } else { source::inside(self.folder, &planned.label).map(drop) };
        self.problems.begin_file(&planned.label);
        match allowed.and_then(|()| Pieces::open(&planned.path)) {
            Ok(pieces) => Some(pieces),
            Err(why) => {
                self.problems.in_file(&planned.label, why);
                None
            }
        }
    }

    fn check_excluded(&mut self, meeting: &Meeting, accounts: &Accounts, known_accounts: usize) {
        let label = self.inputs.first().map_or("meeting.json", |input| &input.path).to_owned();
        for (place, item) in meeting.items.iter().enumerate() {
            for (at, account) in item.excluded_accounts.iter().enumerate() {
                let is_known = accounts.find(account).is_some_and(|found| (found as usize) < known_accounts);
                if !is_known {
                    let lines = self.arrangement.excluded_lines.get(place);
                    let line = lines.and_then(|lines| lines.get(at)).copied().unwrap_or(1);
                    let column = format!("items.{place}.excluded_accounts.{at}");
                    let message = format!(
                        "{} is neither on the register nor in omnibus.csv",
                        crate::text::quoted(account)
                    );
                    self.problems.at(&label, line, &column, Code::AccountUnknown.fault(message));
                }
            }
        }
    }

    /// CUM-1: notice is given by a holder: an account, a name as on the register, or the proxy holders of a form.
    fn check_notices(
        &mut self,
        meeting: &Meeting,
        accounts: &Accounts,
        known_accounts: usize,
        register: &Register,
    ) {
        let label = self.inputs.first().map_or("meeting.json", |input| &input.path).to_owned();
        let is_known = |by: &str| {
            accounts.find(by).is_some_and(|found| (found as usize) < known_accounts)
                || register.names.values().any(|name| name == by)
                || register.holders.values().flatten().any(|holder| holder.name == by)
                || meeting.forms.iter().any(|form| form.id == by)
                || by == NOTICE_OF_MEETING
        };
        for (place, item) in meeting.items.iter().enumerate() {
            let Some(Cumulative::Notice { by, .. }) = item.election().map(|election| &election.cumulative)
            else {
                continue;
            };
            if !is_known(by) {
                let line = self.arrangement.notice_lines.get(place).copied().flatten().unwrap_or(1);
                let message = format!(
                    "{} is no shareholder: notice of cumulative voting is given by a holder; expected an account, \
                     a name exactly as on the register, or the id of a proxy form",
                    crate::text::quoted(by)
                );
                let column = format!("items.{place}.cumulative.notice.by");
                self.problems.at(&label, line, &column, Code::AccountUnknown.fault(message));
            }
        }
    }

    /// What was read at different times must be what lies there at the end of reading.
    fn check_unchanged(&mut self) {
        let threads = self.overrides.threads;
        let is_changed = |input: &&Input| !input.fingerprint.is_of(&input.location, threads);
        for input in self.inputs.iter().filter(is_changed) {
            self.problems
                .in_file(&input.path, Code::FileUnreadable.fault("changed while the meeting was being read"));
        }
    }

    /// Totals agreed beforehand: a file that adds up to something else stops the run.
    fn check_expected(&mut self) {
        for (role, expected) in &self.arrangement.expected {
            let of_role = || self.inputs.iter().filter(|input| input.role == *role);
            let names: Vec<&str> = of_role().map(|input| input.path.as_str()).collect();
            let name = if names.is_empty() { role.default_file().to_owned() } else { names.join(" + ") };
            if names.is_empty() {
                self.problems.in_file(
                    &name,
                    Code::FileMissing
                        .fault("there is no such file, but `expect` in meeting.json gives its totals"),
                );
                continue;
            }
            let rows: u64 = of_role().filter_map(|input| input.rows).sum();
            if let Some(wanted) = expected.rows
                && wanted != rows
            {
                let message = format!(
                    "has {}, but `expect` in meeting.json says {}",
                    counted(rows, "row"),
                    counted(wanted, "row")
                );
                self.problems.in_file(&name, Code::ExpectDiffers.fault(message));
            }
            let shares = of_role().try_fold(Shares::ZERO, |sum, input| sum.checked_add(input.shares?));
            if let Some(wanted) = expected.shares
                && Some(wanted) != shares
            {
                let found = shares.map_or_else(
                    || "no sum of shares".to_owned(),
                    |sum| format!("{} shares", thousands(&sum.to_string())),
                );
                let message = format!(
                    "adds up to {found}, but `expect` in meeting.json says {} shares",
                    thousands(&wanted.to_string())
                );
                self.problems.in_file(&name, Code::ExpectDiffers.fault(message));
            }
        }
    }
}

/// Per joint account, the co-holders whom the register names.
fn co_holders(register: &Register) -> HashMap<AccountId, Vec<CoHolder>> {
    let mut known: HashMap<AccountId, Vec<CoHolder>> = HashMap::new();
    let mut places: Vec<&usize> = register.holders.keys().collect();
    places.sort_unstable();
    for place in places {
        let row = &register.rows[*place];
        if !row.is_joint() {
            continue;
        }
        let of_account = known.entry(register.account(*place)).or_default();
        for holder in &register.holders[place] {
            if !of_account.iter().any(|known| known.name == holder.name) {
                of_account.push(holder.clone());
            }
        }
    }
    known
}

fn check_street_classes(
    table: &CsvTable<'_>,
    street: &[StreetRow],
    holdings: &Holdings,
    accounts: &Accounts,
    problems: &mut Problems,
) {
    for row in street {
        if holdings.of(row.account).class_count > 1 {
            let account = crate::text::quoted(accounts.text(row.account.0));
            table.problem(
                problems,
                row.line,
                0,
                Code::ClassNeeded
                    .fault(format!("{account} holds several classes, so its totals cannot be placed")),
            );
        }
    }
}

/// Cards of which as many copies are worked on at once as there is room for.
const CARDS_AT_ONCE: usize = 1 << 22;

impl Loaded {
    /// How many threads may each work on an item: what an item takes may grow with the cards.
    #[must_use]
    pub(crate) fn threads_over_items(&self) -> Threads {
        let at_once = CARDS_AT_ONCE / self.cards.count().max(1);
        self.threads.at_most(self.meeting.items.len()).at_most(at_once)
    }

    /// The file of a role, as messages name it.
    #[must_use]
    pub fn path_of(&self, role: Role) -> &str {
        let found = self.inputs.iter().find(|input| input.role == role);
        found.map_or_else(|| role.default_file(), |input| input.path.as_str())
    }
}
