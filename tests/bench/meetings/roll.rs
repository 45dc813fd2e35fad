//! The register: every holder's name, kind and shares follow from the seed and the holder's place.

use std::io::{self, Write};

use super::random::Random;
use super::text;

/// How an account is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Individual,
    /// Two co-holders without stated interests.
    Joint,
    Nominee,
}

/// Accounts at the head of the register that are not like the others.
#[derive(Debug, Clone, Copy)]
pub struct Large {
    pub accounts: u64,
    pub kind: Kind,
    pub shares: u64,
}

/// The holders of record.
#[derive(Debug, Clone)]
pub struct Roll {
    pub seed: u64,
    pub holders: u64,
    pub large: Vec<Large>,
    /// Joint accounts in a thousand.
    pub joint: u64,
}

/// The co-holders of a joint account, as the register and the cards name them.
pub const SIGNERS: [&str; 2] = ["First Holder", "Second Holder"];

impl Roll {
    /// The accounts at the head.
    pub fn large(&self) -> u64 {
        self.large.iter().map(|large| large.accounts).sum()
    }

    fn large_of(&self, account: u64) -> Option<&Large> {
        let mut first = 0;
        self.large.iter().find(|large| {
            first += large.accounts;
            account < first
        })
    }

    pub fn kind(&self, account: u64) -> Kind {
        match self.large_of(account) {
            Some(large) => large.kind,
            None if Random::of(self.seed, account).below(1000) < self.joint => Kind::Joint,
            None => Kind::Individual,
        }
    }

    /// Most holders are small, a few are not. An even number, so that half a joint account is whole.
    pub fn shares(&self, account: u64) -> u64 {
        if let Some(large) = self.large_of(account) {
            return large.shares;
        }
        let mut random = Random::of(!self.seed, account);
        let magnitude = random.between(6, 19);
        2 * random.between(1, 1 << magnitude)
    }

    /// Writes register.csv and returns the shares it adds up to.
    pub fn write(&self, mut out: impl Write) -> io::Result<u64> {
        let is_plain = self.joint == 0 && self.large.iter().all(|large| large.kind == Kind::Individual);
        out.write_all(b"account,name,shares")?;
        out.write_all(if is_plain { b"\n" } else { b",registration,holders\n" })?;
        let mut total = 0;
        let mut row = Vec::with_capacity(128);
        for account in 0..self.holders {
            let shares = self.shares(account);
            total += shares;
            row.clear();
            text::numbered(&mut row, b'A', account);
            row.push(b',');
            name(&mut row, &mut Random::of(self.seed.rotate_left(32), account));
            row.push(b',');
            text::number(&mut row, shares);
            if !is_plain {
                match self.kind(account) {
                    Kind::Individual => row.extend_from_slice(b",individual,"),
                    Kind::Nominee => row.extend_from_slice(b",nominee,"),
                    Kind::Joint => {
                        let [first, second] = SIGNERS;
                        write!(row, ",joint,{first};{second}")?;
                    }
                }
            }
            row.push(b'\n');
            out.write_all(&row)?;
        }
        out.flush()?;
        Ok(total)
    }
}

/// A name; one in fifty holds a comma and is quoted.
fn name(into: &mut Vec<u8>, random: &mut Random) {
    if random.below(50) == 0 {
        into.push(b'"');
        into.extend_from_slice(random.pick(&LAST).as_bytes());
        into.extend_from_slice(b" Holdings, Inc.\"");
        return;
    }
    into.extend_from_slice(random.pick(&FIRST).as_bytes());
    into.push(b' ');
    into.push(b'A' + u8::try_from(random.below(26)).unwrap_or(0));
    into.extend_from_slice(b". ");
    into.extend_from_slice(random.pick(&LAST).as_bytes());
    into.extend_from_slice(random.pick(&SUFFIX).as_bytes());
}

const FIRST: [&str; 32] = [
    "Alexander",
    "Barbara",
    "Catherine",
    "Christopher",
    "Dorothy",
    "Elizabeth",
    "Frederick",
    "Gabriella",
    "Harrison",
    "Isabella",
    "Jonathan",
    "Katherine",
    "Lawrence",
    "Margaret",
    "Nathaniel",
    "Olivia",
    "Patricia",
    "Quentin",
    "Rebecca",
    "Stephanie",
    "Theodore",
    "Ursula",
    "Valentina",
    "William",
    "Maximilian",
    "Yolanda",
    "Zachary",
    "Genevieve",
    "Bartholomew",
    "Josephine",
    "Sebastian",
    "Anastasia",
];
const LAST: [&str; 32] = [
    "Anderson",
    "Blackwood",
    "Carpenter",
    "Delacroix",
    "Edmondson",
    "Fitzgerald",
    "Greenwood",
    "Henderson",
    "Ingersoll",
    "Jefferson",
    "Kowalski",
    "Livingston",
    "MacDonald",
    "Nakamura",
    "O'Sullivan",
    "Pemberton",
    "Quarterman",
    "Richardson",
    "Stephenson",
    "Thornton",
    "Underwood",
    "Vanderbilt",
    "Washington",
    "Xavier",
    "Yarborough",
    "Zimmerman",
    "Garcia",
    "Rodriguez",
    "Montgomery",
    "Castellano",
    "Lindqvist",
    "Abernathy",
];
const SUFFIX: [&str; 8] = ["", "", "", "", " Jr.", " TTEE", " Trust", " IRA"];
