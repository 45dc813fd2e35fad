//! Cells: numbers, accounts and times, appended to a buffer. Rows by the ten million are written one
//! digit at a time because `format!` would take longer than the disk.

/// Seconds from the first card's day, 2026-04-10, to the close of the polls, 2026-05-20T11:00:00.
pub const CLOSE: u64 = 40 * DAY + 11 * 3600;
pub const DAY: u64 = 86_400;

pub fn number(into: &mut Vec<u8>, value: u64) {
    padded(into, value, 1);
}

/// With zeros before it up to so many digits.
pub fn padded(into: &mut Vec<u8>, mut value: u64, digits: usize) {
    let start = into.len();
    while value > 0 || into.len() - start < digits {
        into.push(b'0' + u8::try_from(value % 10).unwrap_or(0));
        value /= 10;
    }
    into[start..].reverse();
}

/// An account's or a card's number.
pub fn numbered(into: &mut Vec<u8>, prefix: u8, value: u64) {
    into.push(prefix);
    padded(into, value, 7);
}

/// A local time, so many seconds after the first day's midnight.
pub fn time(into: &mut Vec<u8>, seconds: u64) {
    let (day, second) = (seconds / DAY, seconds % DAY);
    let (month, day) = if day < 21 { (b'4', day + 10) } else { (b'5', day - 20) };
    into.extend_from_slice(b"2026-0");
    into.push(month);
    into.push(b'-');
    padded(into, day, 2);
    for (separator, part) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
        into.push(separator);
        padded(into, part, 2);
    }
}
