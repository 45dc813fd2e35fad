//! A meeting's folder: which files there are, read in one pass, with every problem of all of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::accounts::{AccountId, Accounts, KnownAccounts};
use super::arrangement::{self, Arrangement, Expected, ExpectedOf, NamedFile, NamedKeyings};
use super::aside::{Aside, Rows};
use super::cards::Cards;
use super::fingerprint::Fingerprint;
use super::holdings::Holdings;
use super::json;
use super::lots::{self, Lot};
use super::meeting;
use super::near_accounts::NearAccounts;
use super::omnibus::{self, OmnibusRow};
use super::problem::Problems;
use super::read_cards;
use super::register::{self, CoHolder, Register, RegisterFiles};
use super::revocations::{self, Revocation};
use super::rulings::{self, Ruled, RuledRows, Ruling, Seen};
use super::signers::{CardContext, Signers};
use super::source::{self, Pieces};
use super::street::{self, StreetRow};
use super::table::{Corrections, CsvTable, Known, Renamed, columns};
use super::{FileFigures, Input, Laid, Role, keyed, not_there, unread, vocabulary};
use crate::amount::Shares;
use crate::ballot::Layout;
use crate::catalogue::{Code, Fault};
use crate::layout::{self, Format, Opening, Reading};
use crate::meeting::{Cumulative, Meeting, NOTICE_OF_MEETING};
use crate::parallel::Threads;
use crate::progress::Progress;
use crate::text::{counted, quoted, thousands, visible};

/// Files named on the command line instead of those of the folder.
#[derive(Debug, Default, Clone)]
pub struct Overrides {
    /// Per role, the files.
    pub files: HashMap<Role, Vec<PathBuf>>,
    /// Files beside those, each with its role, while they are being keyed into.
    pub more: Vec<(Role, PathBuf)>,
    /// Files that are not read while others are keyed into, nor what is made of them: the first keying of the same
    /// paper.
    pub left_out: Vec<PathBuf>,
    /// Whether the name of every holder of record is kept.
    pub keeps_names: bool,
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
    /// Lots.
    pub lots: Vec<Lot>,
    /// What is of accounts that are not there, and near ones that are.
    pub aside: Aside,
    /// The files, in the order read.
    pub inputs: Vec<Input>,
    /// Between the fields of files without a layout.
    pub delimiter: u8,
    /// Files in the folder that were not read, and look as though they were meant to be.
    pub not_read: Vec<FileNotRead>,
    /// What is said of such a file by its name.
    pub names_not_read: NamesNotRead,
    /// How many threads may work at once.
    pub threads: Threads,
    /// Where the run says how far it is.
    pub progress: Arc<Progress>,
}

/// A file in the meeting's folder that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNotRead {
    /// Its name.
    pub name: String,
    /// The file that it may have been meant to be.
    pub nearest: Option<String>,
    /// The role whose default file it is, and which other files have.
    pub replaced: Option<Role>,
}

/// What is said of a file in the meeting's folder that is not read, by its name.
#[derive(Debug, Clone, Default)]
pub struct NamesNotRead {
    /// Files that are read, or would be.
    paths: Vec<String>,
    /// Roles whose default file others stand in for.
    replaced: Vec<Role>,
}

impl NamesNotRead {
    /// A file of the folder that looks as though it was meant to be read; nothing where the name is none of
    /// such a file, or of one that is read.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<FileNotRead> {
        let is_of_folder = unread::is_data(name) && !name.contains(['/', '\\']);
        let replaced = self.replaced.iter().copied().find(|role| role.default_file() == name);
        if !is_of_folder || (replaced.is_none() && self.paths.iter().any(|path| path == name)) {
            return None;
        }
        let nearest = not_there::meant(name, self.paths.iter().map(String::as_str)).map(str::to_owned);
        Some(FileNotRead { name: name.to_owned(), nearest, replaced })
    }
}

/// A file to read.
struct Planned {
    path: PathBuf,
    label: String,
    /// The layout: where it lies, and as it is named.
    layout: Option<(PathBuf, String)>,
    /// The keyings that it was made of.
    keyed: Option<NamedKeyings>,
}

/// Reads a meeting's folder, or the folder of a meeting.json.
///
/// # Errors
/// Every problem of every file.
pub fn load(meeting_path: &Path, overrides: &Overrides) -> Result<Loaded, Problems> {
    load_all(meeting_path, overrides).map_err(|(problems, _)| problems)
}

/// Reads a meeting.json by itself, without the files that it names.
///
/// # Errors
/// Every problem of it.
pub fn meeting_of(path: &Path) -> Result<Meeting, Problems> {
    let mut problems = Problems::default();
    let label =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let source = source::read(path, &label, &mut problems);
    match source.and_then(|source| meeting::read(&source, folder, &mut problems)) {
        Some((meeting, _)) if problems.is_empty() => Ok(meeting),
        Some(_) | None => Err(problems),
    }
}

/// The same; where there are problems, what was read may be looked at further, if the register and
/// omnibus.csv are sound: never to be tabulated.
///
/// # Errors
/// Every problem of every file.
pub fn load_all(
    meeting_path: &Path,
    overrides: &Overrides,
) -> Result<Loaded, (Problems, Option<Box<Loaded>>)> {
    let mut problems = Problems::default();
    let file =
        if meeting_path.is_dir() { meeting_path.join("meeting.json") } else { meeting_path.to_owned() };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    let label =
        file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into_owned());
    if file.symlink_metadata().is_err() {
        // The path as typed, where nothing is found at it.
        problems.in_file(&file.display().to_string(), not_there::meeting(meeting_path));
        return Err((problems, None));
    }
    if let Some(fault) = not_there::other_file(&file).filter(|_| file.is_file()) {
        problems.in_file(&file.display().to_string(), fault);
        return Err((problems, None));
    }
    let Some(source) = source::read(&file, &label, &mut problems) else { return Err((problems, None)) };
    let input = Input {
        role: Role::Meeting,
        path: label,
        location: file.clone(),
        bytes: source.bytes,
        rows: None,
        shares: None,
        sha256: source.sha256.clone(),
        laid: None,
        keyed: None,
        corrected_rows: 0,
        renamings: Vec::new(),
        fingerprint: source.fingerprint.clone(),
    };
    let Some((meeting, arrangement)) = meeting::read(&source, &folder, &mut problems) else {
        return Err((problems, None));
    };
    let loader = Loader {
        folder: &folder,
        arrangement: &arrangement,
        overrides,
        problems,
        inputs: vec![input],
        layouts: Vec::new(),
        whole: BTreeSet::new(),
    };
    loader.run(meeting)
}

struct Loader<'a> {
    folder: &'a Path,
    arrangement: &'a Arrangement,
    overrides: &'a Overrides,
    problems: Problems,
    inputs: Vec<Input>,
    /// Layouts, which may not change meanwhile either.
    layouts: Vec<(String, PathBuf, Fingerprint)>,
    /// Roles of whose files every row could be read.
    whole: BTreeSet<Role>,
}

impl Loader<'_> {
    fn run(mut self, meeting: Meeting) -> Result<Loaded, (Problems, Option<Box<Loaded>>)> {
        if !self.arrangement.has_delimiter {
            // Split at something else, every line would be at fault.
            return Err((self.problems, None));
        }
        self.refuse_beside_layouts();
        let has_all_items = self.arrangement.has_all_items;
        let mut files = RegisterFiles::keeping_names(self.overrides.keeps_names);
        let known = columns(&register::REQUIRED, &register::OPTIONAL);
        self.each_file(Role::Register, &known, &meeting, |table, problems| {
            files.read(table, &meeting, problems)
        });
        let (register, mut accounts) = files.finish(&meeting, self.overrides.threads, &mut self.problems);
        let mut omnibus = Vec::new();
        let mut aside = Aside::default();
        let has_register = self.is_whole(Role::Register);
        let known = columns(&omnibus::REQUIRED, &omnibus::OPTIONAL);
        self.each_file(Role::Omnibus, &known, &meeting, |table, problems| {
            let (rows, figures) =
                omnibus::read(table, &meeting, &mut accounts, has_register, &mut aside.omnibus, problems)?;
            omnibus.extend(rows);
            Some(figures)
        });
        aside.has_omnibus = !aside.omnibus.is_empty();
        let known_accounts = accounts.count();
        let has_all_accounts = [Role::Register, Role::Omnibus].iter().all(|role| self.is_whole(*role));
        let are_accounts_sound =
            [Role::Register, Role::Omnibus].iter().all(|role| self.is_sound(*role) && self.is_whole(*role));
        let holdings = Holdings::new(known_accounts, &meeting, (&register, are_accounts_sound), &omnibus);
        // Marks on items that are at fault are not judged.
        let items = if has_all_items { meeting.items.as_slice() } else { &[] };
        let mut cards = Cards::new(Layout::of(items), Signers::new(co_holders(&register)));
        let context = CardContext { meeting: &meeting, known_accounts, holdings: &holdings };
        let known = read_cards::known_columns(&Layout::of(items));
        self.each_file(Role::Cards, &known, &meeting, |table, problems| {
            read_cards::read(table, &context, &mut accounts, &mut cards, problems)
        });
        let known = KnownAccounts {
            accounts: &accounts,
            count: known_accounts,
            is_complete: has_all_accounts,
            has_all_items,
            near: NearAccounts::new(&accounts, known_accounts),
        };
        if has_all_accounts {
            let unknown = known_accounts..accounts.count();
            let near = |account: AccountId| {
                known.near.meant_by(accounts.text(account.0)).map(|near| (account, near))
            };
            let ids = unknown.map(|place| AccountId(u32::try_from(place).unwrap_or(u32::MAX)));
            aside.cards = ids.filter_map(near).collect();
        }
        let mut street: Vec<StreetRow> = Vec::new();
        let headers = columns(&street::REQUIRED, &street::OPTIONAL);
        self.each_file(Role::Street, &headers, &meeting, |table, problems| {
            let (rows, figures) = street::read(table, &meeting, &known, &mut aside.street, problems)?;
            check_street_classes(table, &rows, &holdings, &accounts, problems);
            street.extend(rows);
            Some(figures)
        });
        let mut revocations = Vec::new();
        let headers = columns(&revocations::REQUIRED, &revocations::OPTIONAL);
        self.each_file(Role::Revocations, &headers, &meeting, |table, problems| {
            let (signers, aside) = (cards.signers_mut(), &mut aside.revocations);
            let (rows, figures) = revocations::read(table, &context, &known, signers, aside, problems)?;
            revocations.extend(rows);
            Some(figures)
        });
        let mut rulings = Vec::new();
        if has_all_items {
            // What rulings may say depends on the items.
            let has_all = [Role::Cards, Role::Revocations, Role::Street, Role::Omnibus]
                .map(|role| (role, self.is_whole(role)));
            let ruled = Ruled {
                meeting: &meeting,
                accounts: &accounts,
                known_accounts,
                has_all_accounts,
                revocations: &revocations,
                rows: RuledRows::of(&revocations, &street, &aside),
                has_all,
            };
            let headers = rulings::known_columns();
            let mut seen = Seen::new();
            self.each_file(Role::Rulings, &headers, &meeting, |table, problems| {
                let (rows, figures) = rulings::read(table, &ruled, &mut cards, &mut seen, problems)?;
                rulings.extend(rows);
                Some(figures)
            });
            let mut rows = Rows {
                cards: &mut cards,
                street: &mut street,
                revocations: &mut revocations,
                omnibus: &mut omnibus,
            };
            aside.apply(&rulings, &mut rows);
        }
        let lots = self.lots(&meeting);
        if has_all_accounts {
            self.check_excluded(&meeting, &accounts, known_accounts);
            self.check_followers(&meeting, &accounts, known_accounts);
            self.check_notices(&meeting, &accounts, known_accounts, &register);
        }
        self.check_expected();
        if self.problems.is_empty() {
            self.check_unchanged();
        }
        accounts.put_index_away();
        cards.put_index_away();
        let names_not_read = self.names_not_read();
        let not_read = self.files_not_read(&names_not_read);
        let inputs = self.inputs;
        let loaded = Loaded {
            not_read,
            names_not_read,
            delimiter: self.arrangement.delimiter.unwrap_or(b','),
            meeting,
            accounts,
            known_accounts,
            register,
            omnibus,
            cards,
            street,
            revocations,
            rulings,
            lots,
            aside,
            inputs,
            threads: self.overrides.threads,
            progress: Arc::clone(&self.overrides.progress),
        };
        if self.problems.is_empty() {
            return Ok(loaded);
        }
        let may_go_on = are_accounts_sound && self.arrangement.has_all_classes;
        Err((self.problems, may_go_on.then(|| Box::new(loaded))))
    }

    /// `columns` and `delimiter` are for files without a layout; where there is none, whoever wrote them expects
    /// something of them that they do not do.
    fn refuse_beside_layouts(&mut self) {
        let label = self.inputs[0].path.clone();
        // Whether a role has files, and whether each has a layout.
        let of_role = |role: Role| {
            let planned = self.planned(role);
            (!planned.is_empty(), planned.iter().all(|file| file.layout.is_some()))
        };
        let roles: Vec<(Role, (bool, bool))> =
            Role::ALL.into_iter().map(|role| (role, of_role(role))).collect();
        for (role, (has_files, are_laid)) in &roles {
            let Some(line) = self.arrangement.columns_lines.get(role) else { continue };
            if *has_files && *are_laid {
                let message =
                    "cannot stand beside the layouts that every file of this role has; map the headers there";
                let path = format!("columns.{}", role.name());
                self.problems.at(&label, *line, &path, Code::KeyMisplaced.fault(message));
            }
        }
        // Which files there are is not known where their names or headers are at fault.
        let is_known = self.arrangement.at_fault.is_empty();
        let are_laid = roles.iter().all(|(_, (_, are_laid))| *are_laid);
        if is_known && self.arrangement.delimiter.is_some() && are_laid {
            let message =
                "cannot stand beside the layouts that every file has; each says itself what separates fields";
            let line = self.arrangement.delimiter_line;
            self.problems.at(&label, line, "delimiter", Code::KeyMisplaced.fault(message));
        }
    }

    /// The lots; where items are at fault, which nominees there are is not known.
    fn lots(&mut self, meeting: &Meeting) -> Vec<Lot> {
        let mut found: Vec<Lot> = Vec::new();
        if self.arrangement.has_all_items {
            let headers = columns(&lots::REQUIRED, &lots::OPTIONAL);
            self.each_file(Role::Lots, &headers, meeting, |table, problems| {
                let (rows, figures) = lots::read(table, meeting, &found, problems)?;
                found.extend(rows);
                Some(figures)
            });
        }
        found
    }

    /// Whether every row of the files of a role could be read, whatever was found wrong in it.
    fn is_whole(&self, role: Role) -> bool {
        let is_at_fault =
            !self.overrides.files.contains_key(&role) && self.arrangement.at_fault.contains(&role);
        !is_at_fault && (self.planned(role).is_empty() || self.whole.contains(&role))
    }

    /// Whether the files of a role were read without a problem.
    fn is_sound(&self, role: Role) -> bool {
        let is_named_soundly =
            self.overrides.files.contains_key(&role) || !self.arrangement.at_fault.contains(&role);
        is_named_soundly && !self.planned(role).iter().any(|planned| self.problems.has_in(&planned.label))
    }

    /// Whether the shares of a role's files can be added up: rows of accounts that a file before them should have
    /// are passed over where that file is at fault.
    fn knows_shares(&self, role: Role) -> bool {
        let of: &[Role] = match role {
            Role::Omnibus => &[Role::Register],
            Role::Street => &[Role::Register, Role::Omnibus],
            Role::Meeting | Role::Register | Role::Cards | Role::Revocations | Role::Rulings | Role::Lots => {
                &[]
            }
        };
        of.iter().all(|role| self.is_whole(*role) && self.is_sound(*role))
    }

    /// The files of a role, and those that are being keyed into; what is named already is not read twice. A file that
    /// is made of a keying is not there yet, or holds the same cards.
    fn planned(&self, role: Role) -> Vec<Planned> {
        let mut planned = self.named_or_default(role);
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let Overrides { more, left_out, .. } = self.overrides;
        let left_out: Vec<PathBuf> = left_out.iter().map(|path| real(path)).collect();
        let keyed: Vec<PathBuf> = more.iter().map(|(_, path)| real(path)).collect();
        let is_keyed = |name: &String| {
            let path = real(&self.folder.join(name));
            left_out.contains(&path) || keyed.contains(&path)
        };
        planned.retain(|file| {
            let is_made_of_those = file.keyed.as_ref().is_some_and(|keyed| keyed.files.iter().any(is_keyed));
            !is_made_of_those && !left_out.contains(&real(&file.path))
        });
        for (_, path) in more.iter().filter(|(of, _)| *of == role) {
            if !planned.iter().any(|known| real(&known.path) == real(path)) {
                let label = path.display().to_string();
                planned.push(Planned { path: path.clone(), label, layout: None, keyed: None });
            }
        }
        planned
    }

    /// Whether rows of a role are still being keyed.
    fn is_being_keyed(&self, role: Role) -> bool {
        self.overrides.more.iter().any(|(of, _)| *of == role)
            || role == Role::Cards && !self.overrides.left_out.is_empty()
    }

    /// The files of a role: those of the command line, else those of meeting.json, else the default
    /// one where it is there.
    fn named_or_default(&self, role: Role) -> Vec<Planned> {
        if let Some(paths) = self.overrides.files.get(&role) {
            return paths.iter().map(|path| typed(path)).collect();
        }
        if let Some(named) = self.arrangement.files.get(&role) {
            let planned = |file: &NamedFile| Planned {
                path: self.folder.join(&file.path),
                label: file.path.clone(),
                layout: file.layout.as_ref().map(|layout| (self.folder.join(layout), layout.clone())),
                keyed: file.keyed.clone(),
            };
            return named.iter().map(planned).collect();
        }
        let name = role.default_file();
        let path = self.folder.join(name);
        // A default file is skipped when absent; one that is there, even as a broken link, is read.
        if role == Role::Register || path.symlink_metadata().is_ok() {
            return vec![Planned { path, label: name.to_owned(), layout: None, keyed: None }];
        }
        Vec::new()
    }

    /// Reads every file of a role with `read`.
    fn each_file(
        &mut self,
        role: Role,
        known: &[Known],
        meeting: &Meeting,
        mut read: impl FnMut(&CsvTable<'_>, &mut Problems) -> Option<FileFigures>,
    ) {
        let mut real: HashSet<PathBuf> = HashSet::new();
        let mut are_whole =
            self.overrides.files.contains_key(&role) || !self.arrangement.at_fault.contains(&role);
        for planned in self.planned(role) {
            if !real.insert(planned.path.canonicalize().unwrap_or_else(|_| planned.path.clone())) {
                self.problems.in_file(&planned.label, Code::IdRepeated.fault("is named twice"));
                continue;
            }
            are_whole &= self.read_file(role, planned, known, meeting, &mut read);
        }
        if are_whole {
            self.whole.insert(role);
        }
    }

    /// Reads a file; false where not every row of it could be read.
    fn read_file(
        &mut self,
        role: Role,
        planned: Planned,
        known: &[Known],
        meeting: &Meeting,
        read: &mut impl FnMut(&CsvTable<'_>, &mut Problems) -> Option<FileFigures>,
    ) -> bool {
        // What a layout makes of marks cannot be judged where the items are at fault.
        let has_marks = matches!(role, Role::Cards | Role::Street);
        if planned.layout.is_some() && has_marks && !self.arrangement.has_all_items {
            return false;
        }
        let layout = match &planned.layout {
            Some((path, label)) => match self.layout(role, path, label) {
                Some(layout) => Some(layout),
                None => return false,
            },
            None => None,
        };
        let Some(pieces) = self.open(role, &planned) else { return false };
        let (threads, progress) = (self.overrides.threads, &*self.overrides.progress);
        progress.begin(format!("reading {}", visible(&planned.label)), pieces.size());
        let renamed = self.renamed(role);
        let table = match &layout {
            Some(layout) => {
                let vocabulary = vocabulary::of(meeting, role, self.arrangement.has_all_items);
                let opening = Opening {
                    label: &planned.label,
                    layout,
                    known,
                    vocabulary: &vocabulary,
                    threads,
                    is_recording: false,
                };
                let reading = Reading::open(&opening, pieces, &mut self.problems);
                reading
                    .map(|reading| CsvTable::of_reading(&planned.label, reading, known, (threads, progress)))
            }
            None => CsvTable::open(
                (planned.label.as_str(), pieces),
                (known, role == Role::Cards && !self.arrangement.has_all_items),
                renamed.as_ref(),
                self.arrangement.delimiter.unwrap_or(b','),
                (threads, progress),
                &mut self.problems,
            ),
        };
        let Some(mut table) = table else { return false };
        table.set_file(u16::try_from(self.inputs.len()).unwrap_or(u16::MAX));
        let corrections = match role {
            Role::Cards => read_cards::corrections(&table),
            Role::Revocations => revocations::corrections(&table),
            Role::Meeting | Role::Register | Role::Omnibus | Role::Street | Role::Rulings | Role::Lots => {
                None
            }
        };
        if let Some(corrected) = corrections.filter(|_| layout.is_none()) {
            let is_lenient = role == Role::Cards && !self.arrangement.has_all_items;
            let lines = self.corrected(&planned, (known, is_lenient), renamed.as_ref(), corrected);
            table.set_corrected(lines);
        }
        let corrected_rows = table.corrected_count();
        let Some(figures) = read(&table, &mut self.problems) else { return false };
        if figures.shares.is_none() && role.states_shares() {
            let message = "the shares come to more than can be counted";
            self.problems.in_file(&planned.label, Code::AmountTotal.fault(message));
        }
        let knows_shares = self.knows_shares(role);
        let laid = layout.and_then(|layout| {
            let shares = figures.shares.filter(|_| knows_shares);
            let (tally, sha256) = table.finish(shares, &layout.label, &mut self.problems)?;
            let is_book = matches!(layout.format, Format::Workbook(_));
            Some(Laid {
                path: layout.label,
                location: planned.layout.as_ref().map(|(path, _)| path.clone()).unwrap_or_default(),
                sha256: layout.sha256,
                encoding: (!is_book).then(|| layout.encoding.name()),
                sheet: table.sheet().map(str::to_owned),
                tally,
                as_read_sha256: sha256,
            })
        });
        let is_whole = table.is_whole();
        let renamings = table.renamings(renamed.as_ref());
        drop(table);
        let keyed = planned.keyed.as_ref().and_then(|named| {
            keyed::check(self.folder, (&planned.label, &figures.ended.sha256), named, &mut self.problems)
        });
        self.inputs.push(Input {
            keyed,
            corrected_rows,
            role,
            renamings,
            path: planned.label.clone(),
            location: planned.path,
            bytes: figures.ended.bytes,
            rows: Some(figures.rows),
            shares: figures.shares,
            sha256: figures.ended.sha256,
            laid,
            fingerprint: figures.ended.fingerprint,
        });
        is_whole
    }

    /// The lines of a file that later rows of it put right. What is wrong with its rows otherwise is told when they
    /// are read.
    fn corrected(
        &mut self,
        planned: &Planned,
        known: (&[Known], bool),
        renamed: Option<&Renamed>,
        corrected: Corrections,
    ) -> HashSet<u64> {
        let Ok(pieces) = Pieces::open(&planned.path) else { return HashSet::new() };
        let table = CsvTable::open(
            (planned.label.as_str(), pieces),
            known,
            renamed,
            self.arrangement.delimiter.unwrap_or(b','),
            (self.overrides.threads, &*self.overrides.progress),
            &mut Problems::default(),
        );
        table.map(|table| corrected(&table, &mut self.problems)).unwrap_or_default()
    }

    /// What `columns` makes of the headers of a role; where the classes are at fault, theirs is passed over.
    fn renamed(&self, role: Role) -> Option<Renamed> {
        let mut renamed = self.arrangement.renamed.get(&role).cloned();
        if !self.arrangement.has_all_classes && role.states_shares() {
            renamed.get_or_insert_default().insert("class".to_owned(), None);
        }
        renamed
    }

    /// Reads a layout.
    fn layout(&mut self, role: Role, path: &Path, label: &str) -> Option<layout::Layout> {
        let source = source::read(path, label, &mut self.problems)?;
        self.layouts.push((label.to_owned(), path.to_owned(), source.fingerprint.clone()));
        layout::read(&source, role, &mut self.problems)
    }

    /// What is said of files of the folder that are not read.
    fn names_not_read(&self) -> NamesNotRead {
        let roles = Role::ALL.iter().filter(|role| !self.overrides.files.contains_key(role));
        let inputs = self.inputs.iter().map(|input| input.path.as_str());
        let is_replaced = |role: &Role| {
            self.overrides.files.contains_key(role) || self.arrangement.files.contains_key(role)
        };
        NamesNotRead {
            paths: inputs.chain(roles.map(|role| role.default_file())).map(str::to_owned).collect(),
            replaced: Role::ALL.into_iter().filter(is_replaced).collect(),
        }
    }

    /// Files of the folder that look as though they were meant to be read.
    fn files_not_read(&self, names: &NamesNotRead) -> Vec<FileNotRead> {
        let named = self.inputs.iter().map(|input| input.location.clone());
        let layouts = self.layouts.iter().map(|(_, path, _)| path.clone());
        let keyed = self.inputs.iter().filter_map(|input| input.keyed.as_ref());
        let keyings = keyed.flat_map(|keyed| keyed.files.iter().chain(&keyed.resolved));
        let keyings = keyings.map(|file| file.location.clone());
        let read: Vec<PathBuf> = named.chain(layouts).chain(keyings).collect();
        let told =
            |name: String| names.of(&name).unwrap_or(FileNotRead { name, nearest: None, replaced: None });
        unread::of(self.folder, &read).into_iter().map(told).collect()
    }

    /// Opens a file; one of the folder may not be a link that leads out of it.
    fn open(&mut self, role: Role, planned: &Planned) -> Option<Pieces> {
        let is_flag = self.overrides.files.contains_key(&role)
            || self.overrides.more.iter().any(|(_, path)| *path == planned.path);
        let allowed = if is_flag { Ok(()) } else { source::inside(self.folder, &planned.label).map(drop) };
        self.problems.begin_file(&planned.label);
        match allowed.and_then(|()| Pieces::open(&planned.path)) {
            Ok(pieces) => Some(pieces),
            Err(mut why) => {
                if why.code == Code::FileMissing && !is_flag {
                    why.message.push_str(&not_there::proposed(self.folder, &planned.label));
                }
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
                    let column = format!("{}.excluded_accounts.{at}", json::by_id("item", &item.id));
                    let message = format!(
                        "{} is neither on the register nor in omnibus.csv",
                        crate::text::quoted(account)
                    );
                    self.problems.at(&label, line, &column, Code::AccountUnknown.fault(message));
                }
            }
        }
    }

    fn check_followers(&mut self, meeting: &Meeting, accounts: &Accounts, known_accounts: usize) {
        let label = self.inputs.first().map_or("meeting.json", |input| &input.path).to_owned();
        for (at, (follower, line)) in
            meeting.followers.iter().zip(&self.arrangement.follower_lines).enumerate()
        {
            let account = &follower.account;
            if accounts.find(account).is_none_or(|found| found as usize >= known_accounts) {
                let message =
                    format!("{} is neither on the register nor in omnibus.csv", crate::text::quoted(account));
                let column = format!("proportional.{at}.account");
                self.problems.at(&label, *line, &column, Code::AccountUnknown.fault(message));
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
                let column = format!("{}.cumulative.notice.by", json::by_id("item", &item.id));
                self.problems.at(&label, line, &column, Code::AccountUnknown.fault(message));
            }
        }
    }

    /// What was read at different times must be what lies there at the end of reading.
    fn check_unchanged(&mut self) {
        let threads = self.overrides.threads;
        let inputs = self.inputs.iter().map(|input| (&input.path, &input.location, &input.fingerprint));
        let layouts = self.layouts.iter().map(|(label, path, fingerprint)| (label, path, fingerprint));
        for (label, path, fingerprint) in inputs.chain(layouts) {
            if !fingerprint.is_of(path, threads) {
                let message = "changed while the meeting was being read";
                self.problems.in_file(label, Code::FileUnreadable.fault(message));
            }
        }
    }

    /// Totals agreed beforehand: a file that adds up to something else stops the run. Of files that could not
    /// be read whole nothing is said.
    fn check_expected(&mut self) {
        for expected in &self.arrangement.expected {
            match &expected.of {
                // What is still being keyed does not come to its totals yet.
                ExpectedOf::Role(role) if self.is_being_keyed(*role) => {}
                ExpectedOf::Role(role) => self.check_expected_of(*role, expected),
                ExpectedOf::File(name) => self.check_expected_file(name, expected),
            }
        }
    }

    fn check_expected_of(&mut self, role: Role, expected: &Expected) {
        let names: Vec<&str> =
            self.inputs.iter().filter(|input| input.role == role).map(|input| input.path.as_str()).collect();
        let is_absent = names.is_empty() && self.planned(role).is_empty();
        let name = if names.is_empty() { role.default_file().to_owned() } else { names.join(" + ") };
        if is_absent {
            let message = "there is no such file, but `expect` in meeting.json gives its totals";
            self.problems.in_file(&name, Code::FileMissing.fault(message));
            return;
        }
        if !self.is_sound(role) {
            return;
        }
        let of_role = || self.inputs.iter().filter(|input| input.role == role);
        let rows = of_role().filter_map(|input| input.rows).sum();
        let shares = of_role().try_fold(Shares::ZERO, |sum, input| sum.checked_add(input.shares?));
        let wanted = (expected.rows, expected.shares.filter(|_| self.knows_shares(role)));
        compare_expected(&name, wanted, rows, shares, &mut self.problems);
    }

    fn check_expected_file(&mut self, name: &str, expected: &Expected) {
        let Some(input) = self.inputs.iter().skip(1).find(|input| input.path == name) else {
            let planned: Vec<Planned> = Role::ALL.iter().flat_map(|role| self.planned(*role)).collect();
            if planned.iter().any(|planned| planned.label == name) {
                return;
            }
            let names: Vec<&str> = planned.iter().map(|planned| planned.label.as_str()).collect();
            let hint = arrangement::expect_hint(name, &names);
            let message = format!("{} is neither a role nor a file that is read{hint}", quoted(name));
            let label = self.inputs.first().map_or("meeting.json", |input| &input.path).to_owned();
            self.problems.at(&label, expected.line, &expected.path, Code::KeyUnknown.fault(message));
            return;
        };
        if expected.shares.is_some() && !input.role.states_shares() {
            let label = self.inputs.first().map_or("meeting.json", |input| &input.path).to_owned();
            let fault = Code::KeyMisplaced.fault(format!("{} states no shares", quoted(name)));
            self.problems.at(&label, expected.line, &expected.path, fault);
            return;
        }
        if !self.problems.has_in(name) {
            let (rows, shares) = (input.rows.unwrap_or(0), input.shares);
            let wanted = (expected.rows, expected.shares.filter(|_| self.knows_shares(input.role)));
            compare_expected(name, wanted, rows, shares, &mut self.problems);
        }
    }
}

fn compare_expected(
    name: &str,
    (wanted_rows, wanted_shares): (Option<u64>, Option<Shares>),
    rows: u64,
    shares: Option<Shares>,
    problems: &mut Problems,
) {
    if let Some(wanted) = wanted_rows
        && wanted != rows
    {
        let message = format!(
            "has {}, but `expect` in meeting.json says {}",
            counted(rows, "row"),
            counted(wanted, "row")
        );
        problems.in_file(name, Code::ExpectDiffers.fault(message));
    }
    if let Some(wanted) = wanted_shares
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
        problems.in_file(name, Code::ExpectDiffers.fault(message));
    }
}

/// A file as it was typed, with its layout after `=`. A file may have such a name itself.
fn typed(path: &Path) -> Planned {
    let text = path.to_string_lossy();
    let split = text.rsplit_once('=').filter(|_| path.symlink_metadata().is_err());
    match split {
        Some((file, layout)) if !file.is_empty() && !layout.is_empty() => Planned {
            path: PathBuf::from(file),
            label: file.to_owned(),
            layout: Some((PathBuf::from(layout), layout.to_owned())),
            keyed: None,
        },
        Some(_) | None => {
            Planned { path: path.to_owned(), label: path.display().to_string(), layout: None, keyed: None }
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

    /// A file, as messages name it.
    #[must_use]
    pub fn label(&self, file: u16) -> &str {
        self.inputs.get(usize::from(file)).map_or("", |input| input.path.as_str())
    }

    /// Where a row stands, as messages say it: `street.csv:3`, or `street.xlsx:Totals!3`.
    #[must_use]
    pub fn at(&self, file: u16, line: u64) -> String {
        let laid = self.inputs.get(usize::from(file)).and_then(|input| input.laid.as_ref());
        match laid.and_then(|laid| laid.sheet.as_ref()) {
            Some(sheet) => format!("{}:{sheet}!{line}", self.label(file)),
            None => format!("{}:{line}", self.label(file)),
        }
    }

    /// Where a row of the register stands.
    #[must_use]
    pub fn at_record(&self, row: usize) -> String {
        let (file, line) = self.register.place(row);
        self.at(file, line)
    }

    /// Reports a problem with a row of the register.
    pub(crate) fn problem_of_record(&self, problems: &mut Problems, row: usize, column: &str, fault: Fault) {
        let (file, line) = self.register.place(row);
        problems.at(self.label(file), line, column, fault);
    }

    /// The file of a role, as messages name it.
    #[must_use]
    pub fn path_of(&self, role: Role) -> &str {
        let found = self.inputs.iter().find(|input| input.role == role);
        found.map_or_else(|| role.default_file(), |input| input.path.as_str())
    }
}
