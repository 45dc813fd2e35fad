//! Joint holders under the statute (Cal. 704, DGCL 217).

use crate::amounts::{Amount, sum, whole, zero};
use crate::marks::Voice;
use crate::meeting::Item;

/// What one signer's card says on an item.
pub struct Signer {
    pub card: usize,
    /// The signer's interest, where the register gives it.
    pub interest: Option<Amount>,
    pub say: Vec<Voice>,
    /// The same without what is no act.
    pub acted: Vec<Voice>,
}

pub enum Resolution {
    /// Nobody acted.
    Silent,
    /// The say of this signer binds all.
    Binds(usize),
    /// The shares are divided between these two.
    Split(usize, usize),
    /// Under `unanimous`: present and not voted.
    NotAgreed,
    /// "anything else is held"
    Conflict,
}

impl Signer {
    pub fn acted(&self) -> bool {
        self.acted.iter().any(Voice::acts)
    }
}

/// "Per item: if one signer acted it binds all; a majority of those who acted the same way binds all (in interest where
/// the register gives every one's); an even split between two ways divides the shares between them; anything else is held". An interest of nothing for all who acted decides nothing: heads count. The answers are
/// places in `signers`.
pub fn resolve(signers: &[Signer], every_interest_is_given: bool) -> Resolution {
    let actors: Vec<usize> = (0..signers.len()).filter(|&at| signers[at].acted()).collect();
    if actors.is_empty() {
        return Resolution::Silent;
    }
    if let [one] = actors[..] {
        return Resolution::Binds(one);
    }
    let interests: Vec<&Amount> = actors.iter().filter_map(|&at| signers[at].interest.as_ref()).collect();
    let in_interest = every_interest_is_given && interests.len() == actors.len() && sum(interests) > zero();
    let weight = |at: usize| match &signers[at].interest {
        Some(interest) if in_interest => interest.clone(),
        _ => whole(1),
    };
    let ways = ways(signers, &actors);
    let weights: Vec<Amount> =
        ways.iter().map(|way| sum(&way.iter().map(|&at| weight(at)).collect::<Vec<_>>())).collect();
    let all = sum(&weights);
    for (way, weight) in ways.iter().zip(&weights) {
        if weight + weight > all {
            return Resolution::Binds(way[0]);
        }
    }
    match &ways[..] {
        [one, other] => Resolution::Split(one[0], other[0]),
        _ => Resolution::Conflict,
    }
}

/// "the same way means the same on every nominee"
fn ways(signers: &[Signer], actors: &[usize]) -> Vec<Vec<usize>> {
    let mut ways: Vec<Vec<usize>> = Vec::new();
    for &at in actors {
        match ways.iter_mut().find(|way| same_way(&signers[way[0]].acted, &signers[at].acted)) {
            Some(way) => way.push(at),
            None => ways.push(vec![at]),
        }
    }
    ways
}

/// A void mark and a blank are both "not voted"; "A written 0 beside a blank is the same way".
fn same_way(a: &[Voice], b: &[Voice]) -> bool {
    let plain = |voice: &Voice| match voice {
        Voice::Void => Voice::Silent,
        number if number.is_cumulated() && !number.favours() => Voice::Silent,
        other => other.clone(),
    };
    a.iter().map(plain).eq(b.iter().map(plain))
}

/// What cards say of shares on which nobody acted: what all of them say alike, else nothing. Where cumulative voting is
/// in force a void mark is not what a blank is.
pub fn say_of_nobody(signers: &[Signer], item: &Item) -> Vec<Voice> {
    let alike = |a: &[Voice], b: &[Voice]| if item.cumulative_in_force { a == b } else { same_way(a, b) };
    match signers.split_first() {
        Some((first, others)) if others.iter().all(|other| alike(&first.say, &other.say)) => {
            first.say.clone()
        }
        _ => vec![Voice::Silent; item.voices()],
    }
}

/// "`unanimous`: a named holder silent or held → not voted; a card without `signer` is signed by all; without names, all
/// who sent cards must agree".
pub fn resolve_unanimous(
    signers: &[Signer],
    named: &[&String],
    signed: &[&String],
    sent: usize,
) -> Resolution {
    if signers.iter().all(|signer| !signer.acted()) {
        return Resolution::Silent;
    }
    let agree = signers.iter().all(|signer| signer.acted() && same_way(&signer.say, &signers[0].say));
    let all_signed = match named {
        [] => signers.len() == sent,
        _ => signed.iter().any(|name| name.is_empty()) || named.iter().all(|name| signed.contains(name)),
    };
    if agree && all_signed { Resolution::Binds(0) } else { Resolution::NotAgreed }
}
