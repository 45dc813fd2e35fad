//! Writes the folder of a large meeting that is made up:
//! `cargo bench --bench generate -- --shape plain --holders 1000000 --cards 1000000 --out DIR`.

mod meetings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use meetings::{Meeting, Options, Shape};

/// Writes a large meeting that is made up, the same one for the same arguments.
#[derive(Debug, Parser)]
#[command(name = "generate")]
struct Args {
    /// What is hard about it
    #[arg(long, value_enum, default_value_t = Shape::Plain)]
    shape: Shape,
    /// Rows of register.csv
    #[arg(long, default_value_t = 100_000)]
    holders: u64,
    /// Rows of cards.csv, or of street.csv (about so many) in the shape of that name
    #[arg(long, default_value_t = 100_000)]
    cards: u64,
    /// Another seed is another meeting
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cards in a thousand that are received after the close
    #[arg(long)]
    late: Option<u64>,
    /// Cards in a thousand that a later one takes the place of
    #[arg(long)]
    superseded: Option<u64>,
    /// Cards in a thousand that are newer and for a part of the position
    #[arg(long)]
    partial: Option<u64>,
    /// Cards in a thousand without a signature
    #[arg(long)]
    unsigned: Option<u64>,
    /// Accounts in a thousand that are held jointly
    #[arg(long)]
    joint: Option<u64>,
    /// The folder to write; files of a meeting in it are replaced
    #[arg(long)]
    out: PathBuf,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let usual = Options::usual(args.shape, args.holders, args.cards, args.seed);
    let options = Options {
        late: args.late.unwrap_or(usual.late),
        superseded: args.superseded.unwrap_or(usual.superseded),
        partial: args.partial.unwrap_or(usual.partial),
        unsigned: args.unsigned.unwrap_or(usual.unsigned),
        joint: args.joint.unwrap_or(usual.joint),
        ..usual
    };
    match Meeting::new(options).and_then(|meeting| meeting.write(&args.out)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
