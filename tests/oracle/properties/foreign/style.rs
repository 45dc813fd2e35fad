//! How a file is written: its format, its encoding, its amounts.

use encoding_rs::Encoding;
use serde_json::{Map, Value, json};

use super::Random;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Delimited { delimiter: char, has_header: bool },
    Fixed,
    Workbook,
}

pub struct Style {
    pub format: Format,
    /// Nothing: UTF-8, of which the layout need not speak.
    pub encoding: Option<&'static Encoding>,
    /// Whether a byte order mark stands before the text.
    pub has_mark: bool,
    /// What the encoding has beyond ASCII.
    pub letters: &'static str,
    pub amounts: Amounts,
    pub line_end: &'static str,
}

/// Labels, and letters that the encoding has.
const ENCODINGS: [(&str, &str); 17] = [
    ("", "Zoë Łuk 山 Ж"),
    ("utf-8", "Ægir Ωmega"),
    ("windows-1252", "René Müller"),
    ("iso-8859-1", "José Ñandú"),
    ("windows-1250", "Łukasz Dvořák"),
    ("iso-8859-2", "Žofie Kőszeg"),
    ("windows-1251", "Иван Щукин"),
    ("koi8-r", "Ольга"),
    ("windows-1253", "Ελένη"),
    ("macintosh", "Björn Åse"),
    ("shift_jis", "山田 ソ表"),
    ("euc-jp", "鈴木"),
    ("gb18030", "王小明 €"),
    ("big5", "陳大文 功"),
    ("euc-kr", "김민수"),
    ("utf-16le", "Zoë 山 𝔄"),
    ("utf-16be", "Łuk Ж 山"),
];

impl Style {
    pub fn new(random: &mut Random, role: &str) -> Style {
        let is_workbook = cfg!(feature = "xlsx") && random.percent(22);
        let format = if is_workbook {
            Format::Workbook
        } else if random.percent(25) {
            Format::Fixed
        } else {
            let delimiter = *random.one_of(&[',', ',', ';', '|', '\t', '~', '^']);
            Format::Delimited { delimiter, has_header: random.percent(70) }
        };
        let place = if is_workbook { 0 } else { random.below(ENCODINGS.len()) };
        let (label, letters) = ENCODINGS[place];
        let encoding = Encoding::for_label(label.as_bytes());
        assert!(encoding.is_some() || label.is_empty(), "{label}");
        let has_mark = !is_workbook
            && encoding.is_none_or(|encoding| {
                [encoding_rs::UTF_8, encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&encoding)
            })
            && random.percent(50);
        let amounts = Amounts::new(random, role == "cards");
        Style { format, encoding, has_mark, letters, amounts, line_end: random.pick(&["\n", "\r\n"]) }
    }

    /// What the layout says of it.
    pub fn says(&self) -> Map<String, Value> {
        let mut says = Map::new();
        let format = match self.format {
            Format::Delimited { delimiter, .. } => {
                if delimiter != ',' {
                    says.insert("delimiter".to_owned(), json!(delimiter.to_string()));
                }
                "delimited"
            }
            Format::Fixed => "fixed",
            Format::Workbook => "xlsx",
        };
        says.insert("format".to_owned(), json!(format));
        if let Some(encoding) = self.encoding {
            says.insert("encoding".to_owned(), json!(encoding.name()));
        }
        says
    }

    pub fn told(&self) -> [String; 2] {
        let format = self.says()["format"].as_str().unwrap().to_owned();
        let encoding = self.encoding.map_or("UTF-8", Encoding::name);
        [format, format!("in {encoding}")]
    }
}

/// How amounts are written.
#[derive(Clone, Copy)]
pub struct Amounts {
    pub thousands: Option<char>,
    pub decimal: Option<char>,
    pub implied: bool,
}

impl Amounts {
    fn new(random: &mut Random, is_of_cards: bool) -> Amounts {
        let (thousands, decimal, implied) = *random.one_of(&[
            (None, None, false),
            (Some(','), None, false),
            (Some('.'), None, false),
            (Some('.'), Some(','), false),
            (Some('\''), None, false),
            (Some(' '), Some(','), false),
            (None, Some(','), false),
            // A percentage among implied decimals would not be told from a number.
            (None, None, !is_of_cards),
        ]);
        Amounts { thousands, decimal, implied }
    }

    pub fn says(self) -> Map<String, Value> {
        let mut says = Map::new();
        for (key, mark) in [("thousands", self.thousands), ("decimal", self.decimal)] {
            if let Some(mark) = mark {
                says.insert(key.to_owned(), json!(mark.to_string()));
            }
        }
        if self.implied {
            says.insert("implied_decimals".to_owned(), json!(6));
        }
        says
    }

    /// Whether a number of a workbook, which has a point before its decimals, is one of these.
    pub fn has_point(self) -> bool {
        !self.implied && self.thousands != Some('.') && self.decimal != Some(',')
    }

    /// An amount of ours, digits with a point.
    pub fn write(self, random: &mut Random, amount: &str) -> String {
        let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
        if self.implied {
            let digits = format!("{whole}{decimals:0<6}");
            return if random.percent(40) { format!("{digits:0>15}") } else { digits };
        }
        let mark = self.decimal.unwrap_or(if self.thousands == Some('.') { ',' } else { '.' });
        let mut written = match self.thousands {
            Some(thousands) if random.percent(85) => grouped(whole, thousands),
            _ => whole.to_owned(),
        };
        let is_own = self.thousands.is_none() && self.decimal.is_none();
        // quorate's own amounts are read as they stand.
        let more = if is_own { 0 } else { random.below(3) };
        if !decimals.is_empty() || more > 0 {
            written.push(mark);
            written.push_str(decimals);
            written.push_str(&"0".repeat(more));
        }
        written
    }
}

/// Groups of three digits.
fn grouped(whole: &str, mark: char) -> String {
    let mut written = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            written.push(mark);
        }
        written.push(digit);
    }
    written
}
