//! What was typed on the command line. Nothing is opened here.

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::init::Template;
use crate::schema::SchemaOf;

/// Tabulates the votes of a shareholder meeting and prints the certified results.
#[derive(Debug, Parser)]
#[command(
    name = "quorate",
    version,
    about,
    max_term_width = 100,
    after_help = "Examples:\n  quorate tabulate fixtures/point360\n  quorate tabulate fixtures/point360 --format json --out results\n\nExit codes: 0 certified; 1 a problem with the input, nothing was written; 2 wrong usage;\n3 preliminary: counted, but a matter is open; 4 verify or compare found a difference."
)]
pub struct Cli {
    /// Use colour: on a terminal only, always or never (NO_COLOR is respected)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin a meeting: a new folder with a small one that checks clean and tabulates at once
    Init(Init),
    /// Count a meeting and print its certificate
    Tabulate(Tabulate),
    /// Read everything, report every problem and warning, tell no result
    Check(Check),
    /// Count many meetings in one run; one that fails does not stop the others
    Batch(Batch),
    /// Why a card, an account or an item fared as it did, in plain words with the rule and its source
    Explain(Explain),
    /// Replay a certificate: same inputs, rules, program, results and bytes?
    Verify(Verify),
    /// For a holder: the rows of one account in the ledger, and the proof that they stand in it
    Receipt(ReceiptOf),
    /// Does a receipt hold? What its holder, or anybody, checks
    VerifyReceipt(VerifyReceipt),
    /// Two results side by side: which figures differ, and which cards moved them
    Compare(Compare),
    /// Before and after the meeting: does this meeting.json count as it should? A deck whose figures are known
    ///
    /// Writes a trial deck for the meeting: a register of distinct powers of two, a card for every mark, default and way of
    /// faring; adds up what must come of it while it is written; counts it with the meeting.json in use, and compares
    /// figure by figure.
    Selftest(Selftest),
    /// Have a tie broken by lot, in public, and record it
    ///
    /// Where meeting.json provides for a lot (`tie` on the election), prints the fingerprint of the count that is tied,
    /// takes digits rolled after that with ten-sided dice, and orders the names by SHA-256 of
    /// `fingerprint,item,digits,nominee`; or records a lot drawn by hand. The row goes to lots.csv.
    Lot(Lot),
    /// For the proxy holders: how many directors their votes elect for sure, and how
    ///
    /// How many directors a form's proxy holders elect for sure with the cumulated votes left to them,
    /// whatever the rest do; the totals that do it, respecting withheld names; and what one more
    /// director would need. Found by direct check with the votes that can in fact be written. It
    /// enters no count: to use the totals, write them as the form's `cumulative_allocation` in
    /// meeting.json. Where nobody gave notice of cumulative voting yet, it plans as though notice were
    /// given.
    Plan(Plan),
    /// After the meeting: does the paper say what was counted? A sample weighted by votes
    Audit(Audit),
    /// A draft of a layout: how a foreign file is to be read
    ///
    /// Looks at the first megabyte of the file, and prints a layout on standard output; on standard error the
    /// first rows as the draft reads them, and what it could not decide. What is open is an empty string in
    /// the draft, which cannot be used before it is filled in.
    Layout(LayoutArgs),
    /// A meeting in quorate's own files, with each cell that is written otherwise than it was found
    Convert(Convert),
    /// A form on the terminal to key paper cards and ballots in, each checked and counted before it is saved
    Key(KeyIn),
    /// One screen for the room: quorum, items and cards, counted again when a file changes
    Watch(Watch),
    /// Two keyings of the same paper, cell by cell; the cards as the paper has them once all is settled
    Reconcile(Reconcile),
    /// What a file may hold, for programs: JSON Schema, or Table Schema for CSV files
    Schema(Schema),
    /// A script that completes commands and options in a shell
    Completions(Completions),
    /// The manual, a page at a time; without a topic, its contents
    Manual(Manual),
    /// The manual page, for man
    #[command(after_help = "Example:\n  quorate man > quorate.1")]
    Man,
}

/// `quorate audit`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate audit draw fixtures/point360 --seed 31415926535897932384 --risk 1/20 --out audit\n  quorate audit assess audit/pulls.csv"
)]
pub struct Audit {
    /// What to do
    #[command(subcommand)]
    pub step: AuditStep,
}

/// The steps of an audit.
#[derive(Debug, Subcommand)]
pub enum AuditStep {
    /// Draw accounts by a public seed and write the list of paper to pull
    Draw(Box<AuditDraw>),
    /// From what the pulled paper says: stop, go on, or count all
    Assess(AuditAssess),
}

/// `quorate audit draw`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quorate audit draw fixtures/point360 --seed 31415926535897932384 --risk 1/20 --out audit\n\nThe seed is rolled with ten-sided dice in front of both sides, after the result was certified.\nDIR then holds pulls.csv, with a blank column for what the paper says, accounts.csv, by which every\ndraw can be checked, and claims.json, which `quorate audit assess` reads."
)]
pub struct AuditDraw {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// At least twenty digits, rolled in public
    #[arg(long, value_name = "DIGITS")]
    pub seed: String,
    /// The chance, at most, of not noticing a wrong result
    #[arg(long, value_name = "FRACTION", default_value = "1/20")]
    pub risk: String,
    /// Only these items, between commas
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub items: Vec<String>,
    /// At most so many accounts examined in any case, the largest first
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub certain: usize,
    /// So many draws, instead of as many as suffice when all agree
    #[arg(long, value_name = "N")]
    pub draws: Option<u64>,
    /// Where the lists go: a new or empty folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `quorate audit assess`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quorate audit assess audit/pulls.csv\n\nExit codes: 0 every claim reached the risk limit; 3 go on drawing; 4 count all paper."
)]
pub struct AuditAssess {
    /// The list of pulls, filled in; claims.json stands beside it
    #[arg(value_name = "PULLS")]
    pub pulls: PathBuf,
}

/// `quorate schema`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate schema meeting > meeting.schema.json\n  quorate schema cards\n\nmeeting and certificate are JSON Schema 2020-12; the CSV files are Table Schema 2.0\n(https://datapackage.org/standard/table-schema/)."
)]
pub struct Schema {
    /// The file to describe
    #[arg(value_name = "FILE")]
    pub file: SchemaOf,
}

/// `quorate manual`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate manual law\n  quorate manual files\n\nOn a terminal a page is shown with PAGER, or with less where that is not set; PAGER= shows it as it is."
)]
pub struct Manual {
    /// The page to show, such as inspector, codes or rules
    #[arg(value_name = "TOPIC", value_parser = crate::manual::NAMES.to_vec())]
    pub topic: Option<String>,
}

/// `quorate completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate completions bash > ~/.local/share/bash-completion/completions/quorate\n  quorate completions zsh > ~/.zfunc/_quorate"
)]
pub struct Completions {
    /// The shell to complete in
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `quorate init`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate init my-meeting\n  quorate init proxy-fight --template contested\n  quorate init our-files --template foreign\n\nA README.md beside the files says what each file, key and column means. A folder that exists and\nis not empty is left alone."
)]
pub struct Init {
    /// The folder to make
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The kind of meeting to begin with
    #[arg(long, value_name = "KIND", default_value = "annual")]
    pub template: Template,
}

/// `quorate tabulate`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate tabulate fixtures/point360\n  quorate tabulate fixtures/point360 --as-of 2002-11-22T17:00\n  quorate tabulate fixtures/point360 --format html > certificate.html\n  quorate tabulate fixtures/point360 --cards mail.csv --cards web.csv --out results --force"
)]
pub struct Tabulate {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// Count as though the polls closed then: a date, a local time or RFC 3339; always preliminary
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Also write every document into this folder, each whole or not at all
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Let --out replace documents that exist; an input is never replaced
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Let everybody on this machine read the documents of --out (mode 0644 instead of 0600)
    #[arg(long, requires = "out")]
    pub shared: bool,
    /// Leave accounts, holders and cards out: the same results, for publication
    #[arg(long)]
    pub public: bool,
    /// State the root of receipts on the certificate, made with this key of 32 random bytes
    #[arg(long, value_name = "FILE", requires = "out")]
    pub receipts_key: Option<PathBuf>,
    /// Also write the results, exceptions and ledger as a workbook for a spreadsheet
    #[arg(long, value_name = "FILE.xlsx")]
    pub workbook: Option<PathBuf>,
    /// Print nothing but the result and errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Count every total a second time, vote by vote: up to 500,000 cards, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub second_count: SecondCountWhen,
}

/// When the totals are counted a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecondCountWhen {
    /// Up to 500,000 cards
    Auto,
    /// Whatever the size
    Always,
    /// Not at all; the certificate says so
    Never,
}

/// `quorate check`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  quorate check fixtures/point360")]
pub struct Check {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
}

/// `quorate batch`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quorate batch meetings/* --out certified\n\nDIR then holds results.csv and results.jsonl, a line per meeting and item, and each meeting's\ndocuments in a folder of its name. A meeting whose files did not change since an earlier run into\nDIR is counted again all the same, and its documents are left as they are when they are so to the last byte.\n\nExit codes: the worst of all: 1 a meeting has problems; 3 one is preliminary; 0 all are certified."
)]
pub struct Batch {
    /// Meetings' folders, or their meeting.json
    #[arg(value_name = "MEETING", required = true)]
    pub meetings: Vec<PathBuf>,
    /// Where the results and every meeting's documents go: a new or empty folder, or that of an earlier batch
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many meetings at the same time; default the processors of the machine
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Write the documents again even of what did not change
    #[arg(long, visible_alias = "force")]
    pub all: bool,
    /// Let everybody on this machine read the documents (mode 0644 instead of 0600)
    #[arg(long)]
    pub shared: bool,
    /// Leave accounts, holders and cards out: the same results, for publication
    #[arg(long)]
    pub public: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `quorate selftest`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate selftest fixtures/point360 --out deck\n  quorate selftest fixtures/point360 --approved approved/meeting.json --out deck\n\nDIR then holds the deck, its results, a count without a card (zero) and report.txt, to be signed. TEST stands on every\npage. `quorate manual selftest` says what it shows.\n\nExit codes: 0 every figure is the deck's; 4 something differs; 1 there is no deck for this meeting."
)]
pub struct Selftest {
    /// The meeting's folder, or its meeting.json, as it is in use; its files of votes are not read
    #[arg(value_name = "MEETING", default_value = ".")]
    pub meeting: PathBuf,
    /// The folder to write into, new or empty
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The meeting.json as it was approved, from which the deck is made; without it, the one in use
    #[arg(long, value_name = "FILE")]
    pub approved: Option<PathBuf>,
}

/// `quorate lot`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate lot fixtures/tie_by_lot --item 1\n  quorate lot fixtures/tie_by_lot --item 1 --digits 31415926535897932384\n  quorate lot fixtures/tie_by_lot --item 1 --drawn \"clay;dale;beech\" --method slips\n\nWhat is not given is asked for. Roll the digits after the fingerprint was read out.\n`quorate manual lots` tells how anybody draws again.\n\nExit codes: 0 recorded; 1 nobody is tied there, or no lot is provided for; 3 the count is preliminary."
)]
pub struct Lot {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// The election, by its id
    #[arg(long, value_name = "ITEM")]
    pub item: String,
    /// At least twenty digits, rolled in public after the fingerprint was told
    #[arg(long, value_name = "DIGITS", conflicts_with_all = ["drawn", "method"])]
    pub digits: Option<String>,
    /// A lot drawn by hand: every tied nominee, by id, in the order drawn, `;` between
    #[arg(long, value_name = "ORDER", requires = "method")]
    pub drawn: Option<String>,
    /// How it was drawn by hand
    #[arg(long, value_name = "WORDS", requires = "drawn")]
    pub method: Option<String>,
    /// When it was drawn: a local time or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Who drew it
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Who watched
    #[arg(long, value_name = "NAMES")]
    pub witnesses: Option<String>,
}

/// `quorate plan`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate plan fixtures/g1 --item 1 --form management\n  quorate plan fixtures/point360-cumulative --item 1 --form management --against 20000000\n  quorate plan fixtures/g1 --item 1 --form management --as-of 2002-05-14T09:00 --format json"
)]
pub struct Plan {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// The election, by its id
    #[arg(long, value_name = "ITEM")]
    pub item: String,
    /// The form of proxy whose votes are to be placed, by its id
    #[arg(long, value_name = "FORM")]
    pub form: String,
    /// The cumulated votes of the rest, instead of all that are present and not the form's to place
    #[arg(long, value_name = "VOTES", conflicts_with = "as_of")]
    pub against: Option<String>,
    /// Count as though the polls closed then: a date, a local time or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PlanFormat,
}

/// `quorate layout`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quorate layout RegList.txt --role register > agent-list.layout.json\n\nName the file with its layout in `files` of meeting.json, as {\"path\": …, \"layout\": …}, or by a flag, as\n--register RegList.txt=agent-list.layout.json."
)]
pub struct LayoutArgs {
    /// The file to describe
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What it is for: register, omnibus, cards, street, revocations, rulings or lots
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
}

/// `quorate convert`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quorate convert fixtures/layouts/agents_list --out own\n\nDIR, a new or empty folder, then holds meeting.json, a CSV file for each input, conversion.csv (file, line,\ncolumn, as found, as read) and SHA256SUMS. The digests of the CSV files are those that the certificate gives\nas read."
)]
pub struct Convert {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `quorate key`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate key fixtures/point360 --into first.csv --clerk Amy --batch pile-1\n  quorate key fixtures/point360 --blind second.csv --against first.csv --clerk Ben\n\nNeeds a terminal. A card is on the disk when the screen says SAVED. `quorate manual keying` shows the keys."
)]
pub struct KeyIn {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// The file of cards to key into: a new one, or one that was begun so
    #[arg(long, value_name = "FILE", required_unless_present = "blind")]
    pub into: Option<PathBuf>,
    /// The second keying: key into this file, and stop where a card differs from the first
    #[arg(long, value_name = "SECOND", conflicts_with = "into", requires = "against")]
    pub blind: Option<PathBuf>,
    /// The first keying, that --blind is held against
    #[arg(long, value_name = "FIRST", requires = "blind")]
    pub against: Option<PathBuf>,
    /// Who keys, as it stands in the column clerk
    #[arg(long, value_name = "NAME")]
    pub clerk: String,
    /// The pile, as it stands in the column batch
    #[arg(long, value_name = "NAME")]
    pub batch: Option<String>,
    /// When the paper was received, proposed for each card: a date, a local time or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub received: Option<String>,
}

/// `quorate watch`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate watch fixtures/point360\n  quorate watch fixtures/point360 --out projector\n\nNeeds a terminal. A file caught half written leaves the last good count on the screen, with the reason."
)]
pub struct Watch {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// Also write room.html into this folder, a page that a browser reloads by itself, without accounts or names
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// `quorate reconcile`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate reconcile first.csv second.csv --out cards.csv\n  quorate reconcile first.csv second.csv --format csv > resolved.csv\n  quorate reconcile first.csv second.csv --out cards.csv --resolved resolved.csv\n\nExit codes: 0 nothing differs, or all is settled, and --out is written; 4 a difference is open, and nothing\nis written; 1 a problem with a file."
)]
pub struct Reconcile {
    /// The first keying, a file of cards
    #[arg(value_name = "FIRST")]
    pub first: PathBuf,
    /// The second keying of the same paper
    #[arg(value_name = "SECOND")]
    pub second: PathBuf,
    /// The file of cards to write, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How differences were settled from the paper: card, column, value, by, at, reason
    #[arg(long, value_name = "FILE")]
    pub resolved: Option<PathBuf>,
    /// Let --out replace a file that exists, but for those read
    #[arg(long, requires = "out")]
    pub force: bool,
    /// How to print what differs; csv is the file of --resolved, to be filled in
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReconcileFormat,
}

/// A form of what two keyings differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReconcileFormat {
    /// As it is read
    Text,
    /// The open differences as rows to be filled in
    Csv,
}

/// `quorate explain`.
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("subject").required(true),
    after_help = "Examples:\n  quorate explain fixtures/point360 --card C-0093\n  quorate explain fixtures/point360 --item 2\n  quorate explain fixtures/point360 --challenges --format csv"
)]
pub struct Explain {
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// The control number of a card
    #[arg(long, value_name = "ID", group = "subject")]
    pub card: Option<String>,
    /// An account of the register or omnibus.csv
    #[arg(long, value_name = "ID", group = "subject")]
    pub account: Option<String>,
    /// An item of meeting.json
    #[arg(long, value_name = "ID", group = "subject")]
    pub item: Option<String>,
    /// Every card rejected, revoked, held, superseded or cut, and what reversing that alone would change
    #[arg(long, group = "subject")]
    pub challenges: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ExplainFormat,
}

/// A form of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// As it is read
    Text,
    /// As programs read it
    Json,
    /// As spreadsheets read it; with --challenges only
    Csv,
}

/// `quorate verify`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate verify results fixtures/point360\n  quorate verify results/certificate.json fixtures/point360\n  quorate verify results fixtures/point360 --signers allowed_signers\n\nThe documents beside the certificate are rendered again and compared: what is changed, missing or foreign is named.\n\nExit codes: 0 verified; 3 verified, and preliminary; 4 something differs, each difference is named."
)]
pub struct Verify {
    /// The certificate.json, or the folder that it and its documents were written to
    #[arg(value_name = "CERTIFICATE|DIR")]
    pub certificate: PathBuf,
    /// Which files to read
    #[command(flatten)]
    pub files: Files,
    /// Check every *.sig in DIR, with ssh-keygen, by this file of allowed signers; without a meeting here only that
    #[arg(long, value_name = "FILE")]
    pub signers: Option<PathBuf>,
    /// The day on which the signers' keys must have been valid, instead of today
    #[arg(long, value_name = "DATE", requires = "signers")]
    pub signed_on: Option<String>,
    /// Compute the root of the receipts again with this key; without it the root is not compared
    #[arg(long, value_name = "FILE")]
    pub receipts_key: Option<PathBuf>,
}

/// `quorate receipt`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quorate receipt results --account A-0093 --receipts-key receipts.key --out receipt.txt\n\nThe certificate must state the root of the receipts: tabulate --out DIR --receipts-key FILE. A receipt shows\nhow the account voted, to whomever its holder shows it. `quorate manual receipts` says what it proves."
)]
pub struct ReceiptOf {
    /// The folder of the certificate and the ledger
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The account whose rows are shown
    #[arg(long, value_name = "ACCOUNT")]
    pub account: String,
    /// The key with which the root was made, 32 bytes
    #[arg(long, value_name = "FILE")]
    pub receipts_key: PathBuf,
    /// Write the receipt into this new file (mode 0600), instead of printing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `quorate verify-receipt`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate verify-receipt receipt.txt\n  quorate verify-receipt receipt.txt --certificate results/certificate.json\n\nExit codes: 0 it holds; 4 it does not, or is not of this certificate; 1 it is no receipt."
)]
pub struct VerifyReceipt {
    /// The receipt
    #[arg(value_name = "FILE")]
    pub receipt: PathBuf,
    /// Also compare root, size and columns with this certificate.json, or the one in this folder
    #[arg(long, value_name = "CERTIFICATE|DIR")]
    pub certificate: Option<PathBuf>,
}

/// `quorate compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  quorate compare yesterday/certificate.json today/certificate.json\n  quorate compare fixtures/point360 --set order=received\n  quorate compare fixtures/point360 --rules delaware\n\nExit codes: 0 nothing differs; 4 something does."
)]
pub struct Compare {
    /// A certificate.json or a meeting's folder
    #[arg(value_name = "A")]
    pub a: PathBuf,
    /// Another one; may be left out with --rules or --set
    #[arg(value_name = "B")]
    pub b: Option<PathBuf>,
    /// Count the second folder by the presets of this law
    #[arg(long, value_name = "LAW")]
    pub rules: Option<String>,
    /// Count the second folder with this rule; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CompareFormat,
}

/// A form of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// As it is read
    Text,
    /// As programs read it
    Json,
}

/// A meeting and the files that stand in for those of its folder.
#[derive(Debug, Args)]
pub struct Files {
    /// The meeting's folder, or its meeting.json
    #[arg(value_name = "MEETING", default_value = ".")]
    pub meeting: PathBuf,
    /// The register of holders of record, instead of the folder's; with a layout as FILE=LAYOUT; may be given several times
    #[arg(long, value_name = "FILE")]
    pub register: Vec<PathBuf>,
    /// A file of proxy cards and ballots, instead of the folder's; with a layout as FILE=LAYOUT; may be given
    /// several times
    #[arg(long, value_name = "FILE")]
    pub cards: Vec<PathBuf>,
    /// Whom nominees passed voting power to, instead of the folder's; with a layout as FILE=LAYOUT; may be given several times
    #[arg(long, value_name = "FILE")]
    pub omnibus: Vec<PathBuf>,
    /// Totals as participants report them, instead of the folder's; with a layout as FILE=LAYOUT; may be given several times
    #[arg(long, value_name = "FILE")]
    pub street: Vec<PathBuf>,
    /// Revocations, instead of the folder's; with a layout as FILE=LAYOUT; may be given several times
    #[arg(long, value_name = "FILE")]
    pub revocations: Vec<PathBuf>,
    /// The inspector's rulings, instead of the folder's; with a layout as FILE=LAYOUT; may be given several times
    #[arg(long, value_name = "FILE")]
    pub rulings: Vec<PathBuf>,
    /// Lots drawn between tied nominees, instead of the folder's; may be given several times
    #[arg(long, value_name = "FILE")]
    pub lots: Vec<PathBuf>,
    /// Threads to work with, as many as the machine has unless told; the result is the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// A form of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As it is read and signed
    Text,
    /// As programs read it
    Json,
    /// One file for the browser and the printer, with bars
    Html,
    /// The certificate as Markdown
    Markdown,
    /// A row for each item, nominee and choice, for spreadsheets
    Csv,
    /// Form 8-K, Item 5.07, for meetings from 28 February 2010 on, with the due date
    Item507,
    /// The same as plain text, to paste
    #[value(name = "item507-text")]
    Item507Text,
    /// The same as a page, to paste
    #[value(name = "item507-html")]
    Item507Html,
    /// Form 10-Q, Part II, Item 4, for meetings before that day
    #[value(name = "10q-item4")]
    TenQItem4,
    /// The table that companies of the United Kingdom announce
    Rns,
    /// The same as a page, to paste
    #[value(name = "rns-html")]
    RnsHtml,
    /// What listed companies of Australia disclose, with the instructions to proxies
    Asx,
    /// The same as a page, to paste
    #[value(name = "asx-html")]
    AsxHtml,
    /// The message MeetingResultDissemination of ISO 20022, as XML
    Seev008,
}

/// A form of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// As it is read
    Text,
    /// As programs read it
    Json,
}
