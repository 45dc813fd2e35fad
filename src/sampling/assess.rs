//! How likely it is that a sample like this one comes from a wrong result.
//!
//! For each draw X = 1 − (g as counted − g on paper) / (d × votes), between 0 and 2, d the span of the
//! claim's values. Were the claim false, its mean would be at most μ = 1 − m / (d × V), m what the claim holds
//! by as counted, less what the accounts examined in full take from it, V the votes drawn from. So
//! M ← M × (1 − c + c × X / μ), c = 9/10 fixed beforehand, does not grow on average, and by Ville's inequality
//! ever reaches 1/α with a chance of at most α.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::claims::{Claim, Matter, exact, rational};
use super::pulls::Pull;
use super::said::Said;
use crate::amount::Votes;

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The risk limit is reached: stop.
    Stop,
    /// Not yet: draw more.
    GoOn,
    /// No sample can show it: count all paper.
    CountAll,
}

/// A claim with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRisk {
    /// What it claims.
    pub says: String,
    /// The greatest the product became.
    pub greatest: BigRational,
    /// The product after the last draw.
    pub last: BigRational,
    /// The chance, at most, that a false claim would look as good; at most one.
    pub risk: BigRational,
    /// What to do.
    pub verdict: Verdict,
}

/// Every claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// In the order of the claims.
    pub claims: Vec<ClaimRisk>,
    /// Pulls whose paper says something else than was counted.
    pub differing: Vec<String>,
}

/// A sum that cannot be assessed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AssessError {
    /// The paper says more than the account can.
    #[error("account `{0}`: the paper says more than its votes can on {1}")]
    OutOfBounds(String, String),
    /// A claim that is not written as ours are.
    #[error("claim `{0}` is damaged")]
    Damaged(String),
}

/// The stake on each draw, nine parts in ten, fixed before anything is drawn.
fn stake() -> BigRational {
    BigRational::new(BigInt::from(9), BigInt::from(10))
}

/// A claim's numbers.
struct Numbers {
    total: BigRational,
    low: BigRational,
    high: BigRational,
}

impl Numbers {
    fn of(claim: &Claim) -> Result<Self, AssessError> {
        let read = |text: &str| rational(text).ok_or_else(|| AssessError::Damaged(claim.says.clone()));
        Ok(Self { total: read(&claim.total)?, low: read(&claim.low)?, high: read(&claim.high)? })
    }

    fn span(&self) -> BigRational {
        &self.high - &self.low
    }
}

/// The mean of X where the claim is just false; nothing where the claim does not even hold as counted.
fn false_mean(total: &BigRational, span: &BigRational, votes: &BigRational) -> Option<BigRational> {
    if !total.is_positive() || votes.is_zero() {
        return None;
    }
    Some(BigRational::one() - total / (span * votes))
}

/// The factor of a draw.
fn factor(x: &BigRational, mean: &BigRational) -> BigRational {
    let stake = stake();
    BigRational::one() - &stake + stake * x / mean
}

/// Draws that reach a risk if all agree; nothing where none can. `total` is what the claim holds by,
/// `votes` those drawn from.
#[must_use]
pub fn draws_needed(claim: &Claim, votes: Votes, risk: &BigRational) -> Option<u64> {
    let numbers = Numbers::of(claim).ok()?;
    let mean = false_mean(&numbers.total, &numbers.span(), &exact(votes))?;
    if !mean.is_positive() {
        // More than all that could be lost: nothing needs to be drawn.
        return Some(0);
    }
    let wanted = risk.recip();
    let clean = factor(&BigRational::one(), &mean);
    // Doubling, then halving: the powers of a large sample are not formed one by one.
    let reaches = |draws: u32| clean.pow(i32::try_from(draws).unwrap_or(i32::MAX)) >= wanted;
    let mut most = 1_u32;
    while !reaches(most) {
        most = most.checked_mul(2).filter(|draws| *draws <= DRAWS_MAX)?;
    }
    let mut least = most / 2;
    while least + 1 < most {
        let middle = least.midpoint(most);
        if reaches(middle) { most = middle } else { least = middle }
    }
    Some(u64::from(most))
}

/// More draws than these are no sample: count all.
const DRAWS_MAX: u32 = 1 << 16;

/// Assesses claims by what the pulled paper says. The pulls in the order drawn, those examined in any case
/// first; `drawn_from` the votes drawn from.
///
/// # Errors
/// Paper that says more than an account can, and damaged claims.
pub fn assess(
    claims: &[Claim],
    pulls: &[Pull],
    drawn_from: Votes,
    risk: &BigRational,
) -> Result<Assessment, AssessError> {
    let assessed: Result<Vec<ClaimRisk>, AssessError> =
        claims.iter().map(|claim| assess_claim(claim, pulls, &exact(drawn_from), risk)).collect();
    let differs = |pull: &&Pull| pull.matters.values().any(|matter| matter.counted != matter.paper);
    let mut differing: Vec<String> = pulls.iter().filter(differs).map(|pull| pull.account.clone()).collect();
    differing.sort();
    differing.dedup();
    Ok(Assessment { claims: assessed?, differing })
}

/// What an account takes from a claim: its value as counted less that on paper.
fn overstatement(claim: &Claim, numbers: &Numbers, pull: &Pull) -> Result<BigRational, AssessError> {
    let says = |of: fn(&super::pulls::PulledMatter) -> &Said| -> BTreeMap<Matter, Said> {
        pull.matters.iter().map(|(matter, one)| (matter.clone(), of(one).clone())).collect()
    };
    let of_item = pull.matters.iter().find(|(matter, _)| matter.item == claim.item);
    let entitled = of_item.map(|(_, one)| one.entitled).unwrap_or_default();
    let counted = claim.value(&says(|one| &one.counted), entitled);
    let paper = claim.value(&says(|one| &one.paper), entitled);
    let votes = exact(pull.votes);
    if paper < &numbers.low * &votes || paper > &numbers.high * &votes {
        return Err(AssessError::OutOfBounds(pull.account.clone(), claim.says.clone()));
    }
    Ok(counted - paper)
}

fn assess_claim(
    claim: &Claim,
    pulls: &[Pull],
    drawn_from: &BigRational,
    risk: &BigRational,
) -> Result<ClaimRisk, AssessError> {
    let numbers = Numbers::of(claim)?;
    let span = numbers.span();
    let mut total = numbers.total.clone();
    for pull in pulls.iter().filter(|pull| pull.draws.is_empty()) {
        total -= overstatement(claim, &numbers, pull)?;
    }
    let told = |greatest: BigRational, last: BigRational, verdict| {
        let risk = greatest.recip().min(BigRational::one());
        ClaimRisk { says: claim.says.clone(), greatest, last, risk, verdict }
    };
    let one = BigRational::one;
    if drawn_from.is_zero() {
        // Everything was examined: the claim holds or it does not.
        let verdict = if total.is_positive() { Verdict::Stop } else { Verdict::CountAll };
        let risk = if total.is_positive() { BigRational::zero() } else { one() };
        return Ok(ClaimRisk { risk, ..told(one(), one(), verdict) });
    }
    let Some(mean) = false_mean(&total, &span, drawn_from) else {
        return Ok(told(one(), one(), Verdict::CountAll));
    };
    if !mean.is_positive() {
        // All that is left could not take away what the claim holds by.
        return Ok(ClaimRisk { risk: BigRational::zero(), ..told(one(), one(), Verdict::Stop) });
    }
    let mut by_draw: BTreeMap<u64, BigRational> = BTreeMap::new();
    for pull in pulls.iter().filter(|pull| !pull.draws.is_empty()) {
        let x = one() - overstatement(claim, &numbers, pull)? / (&span * exact(pull.votes));
        by_draw.extend(pull.draws.iter().map(|draw| (*draw, x.clone())));
    }
    let mut product = one();
    let mut greatest = one();
    for x in by_draw.values() {
        product *= factor(x, &mean);
        if product > greatest {
            greatest = product.clone();
        }
    }
    let verdict = if greatest >= risk.recip() { Verdict::Stop } else { Verdict::GoOn };
    Ok(told(greatest, product, verdict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::claims::ClaimKind;
    use crate::sampling::pulls::PulledMatter;

    /// A majority of votes cast: 7,800 FOR, 4,000 AGAINST, of 13,000 votes: it holds by 1,900.
    fn majority() -> Claim {
        Claim {
            item: "2".to_owned(),
            kind: ClaimKind::MoreThan {
                nominee: String::new(),
                base: "votes_cast".to_owned(),
                fraction: "1/2".to_owned(),
            },
            says: "item 2: more than 1/2 of votes cast".to_owned(),
            total: "1900".to_owned(),
            low: "-1/2".to_owned(),
            high: "1/2".to_owned(),
        }
    }

    fn pull(draws: &[u64], votes: u64, counted: &str, paper: &str) -> Pull {
        let votes = Votes::whole(votes);
        let said = |text: &str| Said::parse(text, votes, votes).expect("a vote");
        let matter = Matter { item: "2".to_owned(), nominee: String::new() };
        let one = PulledMatter { entitled: votes, counted: said(counted), paper: said(paper) };
        Pull {
            account: format!("A{}", draws.first().copied().unwrap_or_default()),
            votes,
            draws: draws.to_vec(),
            matters: BTreeMap::from([(matter, one)]),
        }
    }

    fn fraction(text: &str) -> BigRational {
        text.parse().expect("a fraction")
    }

    /// A product in thousandths, cut.
    fn thousandths(product: &BigRational) -> BigInt {
        (product * BigRational::from_integer(1000.into())).floor().to_integer()
    }

    #[test]
    fn seventeen_draws_that_agree_reach_a_risk_of_one_in_ten_and_sixteen_do_not() {
        // μ = 1 − 1,900 / 13,000 = 111/130; a clean draw multiplies by 1/10 + 9/10 × 130/111 = 1.15405…;
        // to the 16th 9.90…, to the 17th 11.42….
        let votes = Votes::whole(13_000);
        assert_eq!(draws_needed(&majority(), votes, &fraction("1/10")), Some(17));
        for (draws, verdict) in [(16, Verdict::GoOn), (17, Verdict::Stop)] {
            let pulls: Vec<Pull> = (1..=draws).map(|n| pull(&[n], 100, "FOR", "FOR")).collect();
            let assessed = assess(&[majority()], &pulls, votes, &fraction("1/10")).expect("assessed");
            assert_eq!(assessed.claims[0].verdict, verdict);
        }
    }

    #[test]
    fn an_abstention_keyed_for_undoes_more_than_two_draws() {
        // After eleven that agree 4.836; the twelfth has X = 1 − 1/2 and multiplies by 1/10 + 9/10 × 65/111.
        let mut pulls: Vec<Pull> = (1..=11).map(|n| pull(&[n], 100, "AGAINST", "AGAINST")).collect();
        let assessed = |pulls: &[Pull]| {
            let votes = Votes::whole(13_000);
            assess(&[majority()], pulls, votes, &fraction("1/10")).expect("assessed")
        };
        assert_eq!(thousandths(&assessed(&pulls).claims[0].last), BigInt::from(4836));
        pulls.push(pull(&[12], 250, "FOR", "ABSTAIN"));
        let after = assessed(&pulls);
        assert_eq!(thousandths(&after.claims[0].last), BigInt::from(3032));
        assert_eq!(thousandths(&after.claims[0].greatest), BigInt::from(4836));
        assert_eq!(after.claims[0].verdict, Verdict::GoOn);
        assert_eq!(after.differing, ["A12"]);
    }

    #[test]
    fn an_account_drawn_twice_counts_twice() {
        let votes = Votes::whole(13_000);
        let twice = assess(&[majority()], &[pull(&[1, 2], 9, "FOR", "FOR")], votes, &fraction("1/10"));
        let apart = [pull(&[1], 9, "FOR", "FOR"), pull(&[2], 9, "FOR", "FOR")];
        let apart = assess(&[majority()], &apart, votes, &fraction("1/10"));
        assert_eq!(twice.expect("assessed").claims[0].last, apart.expect("assessed").claims[0].last);
    }

    #[test]
    fn what_is_examined_in_full_is_taken_off_before_anything_is_drawn() {
        // 3,800 votes keyed FOR are AGAINST on paper: each counts from +1/2 to −1/2, so 1,900 becomes −1,900.
        // 1,899 of them, and 1 is left; 1,900, and nothing is.
        let of = |wrong: u64| {
            let certain = pull(&[], 5_000, &format!("FOR {wrong}"), &format!("AGAINST {wrong}"));
            let assessed = assess(&[majority()], &[certain], Votes::whole(8_000), &fraction("1/10"));
            assessed.expect("assessed").claims[0].verdict
        };
        assert_eq!((of(1_899), of(1_900)), (Verdict::GoOn, Verdict::CountAll));
    }

    #[test]
    fn where_everything_was_examined_the_claim_holds_or_it_does_not() {
        let of = |paper: &str| {
            let all = [pull(&[], 13_000, "FOR 7800; AGAINST 4000", paper)];
            assess(&[majority()], &all, Votes::ZERO, &fraction("1/20")).expect("assessed").claims[0].verdict
        };
        assert_eq!(of("FOR 5901; AGAINST 5899"), Verdict::Stop);
        assert_eq!(of("FOR 5900; AGAINST 5900"), Verdict::CountAll);
    }

    #[test]
    fn a_claim_that_only_a_fraction_keeps_needs_no_draw_and_one_that_fails_no_sample() {
        let by = |total: &str| Claim { total: total.to_owned(), ..majority() };
        let votes = Votes::whole(1_000);
        assert_eq!(draws_needed(&by("1000"), votes, &fraction("1/20")), Some(0));
        assert!(draws_needed(&by("999"), votes, &fraction("1/20")).is_some_and(|draws| draws > 0));
        assert_eq!(draws_needed(&by("0"), votes, &fraction("1/20")), None);
    }

    /// Numbers that look random and are the same everywhere.
    struct Lehmer(u64);

    impl Lehmer {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }
    }

    const RUNS: u64 = 2_000;
    const DRAWS: u64 = 60;

    /// Accounts drawn at random, sixty a run: whether the account drawn is one of those keyed wrongly, of a hundred.
    fn runs(wrong_accounts: u64) -> Vec<Vec<bool>> {
        let mut random = Lehmer(20_021_205);
        (0..RUNS).map(|_| (0..DRAWS).map(|_| random.below(100) < wrong_accounts).collect()).collect()
    }

    /// How often samples of sixty draws reach a risk limit of 1 in 10. A hundred accounts of ten votes; as counted
    /// the claim holds by 50, so that fifty draws that agree suffice.
    fn stops(counted: &str, paper: &str, wrong_accounts: u64) -> u64 {
        let claim = Claim { total: "50".to_owned(), ..majority() };
        let (right, wrong) = (pull(&[1], 10, "FOR", "FOR"), pull(&[1], 10, counted, paper));
        let assessed = |drawn: &[bool]| {
            let drawn = (1..).zip(drawn);
            let of = |(n, is_wrong): (u64, &bool)| Pull {
                draws: vec![n],
                ..if *is_wrong { wrong.clone() } else { right.clone() }
            };
            let pulls: Vec<Pull> = drawn.map(of).collect();
            let votes = Votes::whole(1_000);
            let assessed = assess(std::slice::from_ref(&claim), &pulls, votes, &fraction("1/10"));
            assessed.expect("assessed").claims.swap_remove(0)
        };
        // The product depends on how many of each were drawn, not on their order: each is formed once.
        let mut known: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        let mut reaches = |drawn: &[bool]| {
            let wrong = drawn.iter().filter(|is_wrong| **is_wrong).count();
            *known.entry((drawn.len(), wrong)).or_insert_with(|| assessed(drawn).last >= fraction("10/1"))
        };
        let runs = runs(wrong_accounts);
        let stopped = runs.iter().filter(|drawn| (1..=drawn.len()).any(|end| reaches(&drawn[..end]))).count();
        // The same as if each run were assessed by itself.
        let apart = |drawn: &&Vec<bool>| assessed(drawn).verdict == Verdict::Stop;
        let by_prefix = |drawn: &&Vec<bool>| (1..=drawn.len()).any(|end| reaches(&drawn[..end]));
        let few = &runs[..20];
        assert_eq!(few.iter().filter(apart).count(), few.iter().filter(by_prefix).count());
        stopped as u64
    }

    #[test]
    fn a_wrong_result_is_let_through_no_more_often_than_the_risk_limit_says() {
        // Each kind takes exactly the 50 that the claim holds by: it is false by nothing, the hardest case.
        for (counted, paper, accounts) in
            [("FOR", "AGAINST", 5), ("FOR", "ABSTAIN", 10), ("FOR", "ABSENT", 10), ("ABSTAIN", "AGAINST", 10)]
        {
            let stops = stops(counted, paper, accounts);
            // At most one in ten of 2,000: 200, and three standard deviations of 13.4 above it.
            assert!(stops <= 240, "{counted} for {paper}: {stops} of {RUNS}");
            assert!(stops > 0, "a limit that is never touched tells nothing");
        }
    }

    #[test]
    fn a_right_result_is_confirmed_where_all_agree() {
        assert_eq!(stops("FOR", "FOR", 0), RUNS);
    }
}
