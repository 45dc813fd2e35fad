//! Times each stage of the program over a meeting that is made up, and prints a table of medians:
//! `cargo bench --bench stages -- --shape mixed --holders 1000000 --cards 1000000 --runs 5`.

mod meetings;

use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use meetings::{Meeting, Options, Shape};
use quorate::ascertain::ascertain;
use quorate::audit::ledger;
use quorate::audit::recount::recount;
use quorate::certify::certify;
use quorate::count::count;
use quorate::decide::decide;
use quorate::determine::{Scenario, WithoutRulings, determine};
use quorate::load::{self, Loaded, Overrides, Problems, Role};
use quorate::render;
use quorate::tabulate::{SecondCount, Tabulation};

/// Times each stage over a meeting that is made up.
#[derive(Debug, Parser)]
#[command(name = "stages")]
struct Args {
    /// What is hard about the meeting; repeatable
    #[arg(long, value_enum, default_values_t = [Shape::Plain, Shape::Mixed])]
    shape: Vec<Shape>,
    /// Rows of register.csv
    #[arg(long, default_value_t = 100_000)]
    holders: u64,
    /// Rows of cards.csv, or of street.csv in the shape of that name
    #[arg(long, default_value_t = 100_000)]
    cards: u64,
    /// Another seed is another meeting
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The times shown are medians of so many
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Times this meeting instead, as `generate` writes one
    #[arg(long, conflicts_with = "shape")]
    folder: Option<PathBuf>,
    /// Given by `cargo bench`; without it, as under `cargo test --benches`, one small run is made
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let mut args = Args::parse();
    if !args.bench {
        (args.holders, args.cards, args.runs) = (1000, 1000, 1);
    }
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> io::Result<()> {
    if let Some(folder) = &args.folder {
        return table(&folder.display().to_string(), folder, args.runs);
    }
    for shape in &args.shape {
        let folder = tempfile::tempdir()?;
        Meeting::new(Options::usual(*shape, args.holders, args.cards, args.seed))?.write(folder.path())?;
        table(&format!("{shape:?}").to_lowercase(), folder.path(), args.runs)?;
    }
    Ok(())
}

/// A stage once: its name, the rows that it goes through (none where it sees totals only), its time.
type Lap = (&'static str, Option<u64>, Duration);

/// A stage and how long it took each time.
struct Stage {
    name: &'static str,
    rows: Option<u64>,
    times: Vec<Duration>,
}

/// Prints the stages of one meeting.
fn table(title: &str, folder: &Path, runs: usize) -> io::Result<()> {
    let mut stages: Vec<Stage> = Vec::new();
    for _ in 0..runs.max(1) {
        let run = once(folder).map_err(|problems| io::Error::other(problems.report("nothing was timed")))?;
        for (place, (name, rows, time)) in run.into_iter().enumerate() {
            if stages.len() == place {
                stages.push(Stage { name, rows, times: Vec::new() });
            }
            stages[place].times.push(time);
        }
    }
    println!("{title}, median of {}", runs.max(1));
    println!("{:<12} {:>12} {:>12} {:>14}", "stage", "rows", "ms", "rows/s");
    for stage in &mut stages {
        stage.times.sort_unstable();
        let median = stage.times[stage.times.len() / 2];
        let micros = median.as_micros();
        let shown = format!("{}.{:03}", micros / 1000, micros % 1000);
        let rate = |rows: u64| (u128::from(rows) * 1_000_000_000 / median.as_nanos().max(1)).to_string();
        let rows = stage.rows.map_or_else(String::new, |rows| rows.to_string());
        println!(
            "{:<12} {rows:>12} {shown:>12} {:>14}",
            stage.name,
            stage.rows.map_or_else(String::new, rate)
        );
    }
    println!();
    Ok(())
}

/// One run through all stages. The ledger is written to nowhere, as `tabulate` without `--out` does;
/// the second count, which `certify` would make, has a line of its own.
fn once(folder: &Path) -> Result<Vec<Lap>, Problems> {
    let mut laps = Vec::new();
    let (loaded, time) = timed(|| load::load(folder, &Overrides::default()));
    let loaded = loaded?;
    let (all, register) = (Some(rows_of(&loaded, &Role::ALL)), Some(rows_of(&loaded, &[Role::Register])));
    let votes = Some(rows_of(&loaded, &[Role::Cards, Role::Street]));
    laps.push(("load", all, time));
    let (electorate, time) = timed(|| ascertain(&loaded));
    let electorate = electorate?;
    laps.push(("ascertain", register, time));
    let (determined, time) = timed(|| determine(&Scenario::as_held(&loaded, &electorate, None)));
    laps.push(("determine", votes, time));
    let (counted, time) = timed(|| count(&loaded, &electorate, &determined));
    laps.push(("count", votes, time));
    let (decided, time) = timed(|| decide(&loaded.meeting, &electorate, &counted));
    laps.push(("decide", None, time));
    let tabulation = Tabulation {
        loaded,
        electorate,
        as_of: None,
        determined,
        count: counted,
        decided,
        second_count: SecondCount::Never,
        without_rulings: WithoutRulings::default(),
    };
    let ((), time) = timed(|| recount(&tabulation));
    laps.push(("recount", votes, time));
    let (digest, time) = timed(|| ledger::write(&tabulation, io::sink()).expect("nowhere takes everything"));
    laps.push(("ledger", votes, time));
    let (certificate, time) = timed(|| certify(&tabulation, Some(digest)));
    laps.push(("certify", votes, time));
    let (text, time) = timed(|| render::text::render(&certificate));
    laps.push(("render", None, time));
    let ((), time) = timed(|| drop((black_box(text), certificate, tabulation)));
    laps.push(("free", all, time));
    Ok(laps)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = black_box(work());
    (done, start.elapsed())
}

fn rows_of(loaded: &Loaded, roles: &[Role]) -> u64 {
    loaded.inputs.iter().filter(|input| roles.contains(&input.role)).filter_map(|input| input.rows).sum()
}
