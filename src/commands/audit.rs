//! `quorate audit`: a sample of the paper, weighted by votes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use num_rational::BigRational;
use num_traits::{One, Signed};
use serde::{Deserialize, Serialize};

use super::{CommandError, Exit, loaded, output};
use crate::amount::Votes;
use crate::audit::ledger;
use crate::certify::certify;
use crate::cli::{Audit, AuditAssess, AuditDraw, AuditStep};
use crate::sampling::{
    self, Claim, Claims, Draw, Seed, Verdict, as_counted, assess, certain_accounts, claims, draws,
    draws_needed, pulls_of, read_pulls, write_accounts, write_pulls,
};
use crate::tabulate::Tabulation;
use crate::text::{counted, did_you_mean, quoted, thousands, visible};

const UNDONE: &str = "nothing was drawn";

/// The files of an audit.
const FILES: [&str; 3] = ["pulls.csv", "accounts.csv", "claims.json"];

/// What `draw` fixed beforehand, for `assess`.
#[derive(Debug, Serialize, Deserialize)]
struct AuditPlan {
    schema: String,
    company: String,
    meeting: String,
    date: String,
    /// Of the certificate whose result is audited.
    fingerprint: String,
    /// `certified` or `preliminary`.
    status: String,
    seed: String,
    risk: String,
    /// Whole votes, or the smallest parts that are counted.
    unit: String,
    drawn_from: String,
    draws: Vec<DrawFigures>,
    certain: Vec<String>,
    /// Each account pulled, with its votes.
    accounts: BTreeMap<String, String>,
    claims: Vec<Claim>,
    not_covered: Vec<String>,
}

/// A draw, as a line of shell recomputes it.
#[derive(Debug, Serialize, Deserialize)]
struct DrawFigures {
    draw: u64,
    attempt: u64,
    unit: String,
    account: String,
}

const SCHEMA: &str = "quorate/audit/1";

/// Draws or assesses.
pub(super) fn run(args: &Audit) -> anyhow::Result<Exit> {
    match &args.step {
        AuditStep::Draw(args) => draw(args),
        AuditStep::Assess(args) => judge(args),
    }
}

fn usage(message: String) -> anyhow::Error {
    CommandError::Usage(message).into()
}

fn risk_of(text: &str) -> anyhow::Result<BigRational> {
    let risk: Option<BigRational> = text.parse().ok();
    risk.filter(|risk| risk.is_positive() && *risk < BigRational::one())
        .ok_or_else(|| usage(format!("--risk: {} is no fraction between 0 and 1 such as 1/20", quoted(text))))
}

fn draw(args: &AuditDraw) -> anyhow::Result<Exit> {
    let seed = Seed::parse(&args.seed).map_err(|error| usage(format!("--seed: {error}")))?;
    let risk = risk_of(&args.risk)?;
    output::check(&args.out, &FILES, false)?;
    let loaded = loaded(&args.files).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let tabulation =
        Tabulation::of(loaded, None).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let items = items_of(&tabulation, &args.items)?;
    let found = claims(&tabulation, &items);
    let sample = Sample::of(&found, &seed, &risk, args);
    let pulled = |place: &usize| found.population.accounts[*place].account.clone();
    let mut accounts: Vec<usize> = sample.certain.clone();
    accounts.extend(sample.draws.iter().map(|draw| draw.account));
    accounts.sort_unstable();
    accounts.dedup();
    let counted_there = as_counted(&tabulation, &items, &accounts.iter().map(pulled).collect::<Vec<_>>());
    let pulls = pulls_of(&found.population, &sample.certain, &sample.draws, &counted_there);
    let certificate = certify(&tabulation, Some(ledger::write(&tabulation, std::io::sink())?));
    let meeting = &tabulation.loaded.meeting;
    let plan = AuditPlan {
        schema: SCHEMA.to_owned(),
        company: meeting.company.clone(),
        meeting: meeting.title.clone(),
        date: meeting.date.to_string(),
        fingerprint: certificate.fingerprint().map(|it| it.to_string()).unwrap_or_default(),
        status: certificate.status.to_owned(),
        seed: seed.digits().to_owned(),
        risk: risk.to_string(),
        unit: if found.population.is_whole { "votes" } else { "10^-18 votes" }.to_owned(),
        drawn_from: sample.drawn_from.to_string(),
        draws: sample
            .draws
            .iter()
            .map(|draw| DrawFigures {
                draw: draw.number,
                attempt: draw.attempt,
                unit: draw.unit.to_string(),
                account: pulled(&draw.account),
            })
            .collect(),
        certain: sample.certain.iter().map(pulled).collect(),
        accounts: pulls.iter().map(|pull| (pull.account.clone(), pull.votes.to_string())).collect(),
        claims: found.claims.clone(),
        not_covered: found.not_covered.clone(),
    };
    let mut list = Vec::new();
    write_pulls(&pulls, &mut list)?;
    let mut all = Vec::new();
    write_accounts(&found.population, &sample.certain, &mut all)?;
    let json = serde_json::to_string_pretty(&plan)? + "\n";
    output::replace(
        &args.out,
        output::Access::Private,
        &[(FILES[0], list), (FILES[1], all), (FILES[2], json.into_bytes())],
    )?;
    output::print(&told_draw(&plan, &sample, pulls.len()))?;
    Ok(Exit::Certified)
}

fn items_of(tabulation: &Tabulation, ids: &[String]) -> anyhow::Result<Vec<usize>> {
    let items = &tabulation.loaded.meeting.items;
    if ids.is_empty() {
        return Ok((0..items.len()).collect());
    }
    ids.iter()
        .map(|id| {
            items.iter().position(|item| item.id == *id).ok_or_else(|| {
                let hint = did_you_mean(id, items.iter().map(|item| item.id.as_str()));
                usage(format!("--items: {} is not an item{hint}", quoted(id)))
            })
        })
        .collect()
}

/// What was drawn.
struct Sample {
    certain: Vec<usize>,
    draws: Vec<Draw>,
    drawn_from: Votes,
    /// Claims that no number of draws could show.
    hopeless: Vec<String>,
}

impl Sample {
    fn of(found: &Claims, seed: &Seed, risk: &BigRational, args: &AuditDraw) -> Self {
        let population = &found.population;
        let units = |left_out: &[usize]| {
            let accounts = population.accounts.iter().enumerate();
            accounts.filter(|(place, _)| !left_out.contains(place)).map(|(_, account)| account.units).sum()
        };
        let needed =
            |votes: Votes| found.claims.iter().filter_map(|claim| draws_needed(claim, votes, risk)).max();
        let all = needed(population.votes(units(&[]))).unwrap_or(0);
        let certain = certain_accounts(population, args.draws.unwrap_or(all), args.certain);
        let drawn_from = population.votes(units(&certain));
        let count = args.draws.or_else(|| needed(drawn_from)).unwrap_or(0);
        let is_hopeless = |claim: &&Claim| draws_needed(claim, drawn_from, risk).is_none();
        Self {
            draws: draws(population, &certain, seed, 1, count),
            hopeless: found.claims.iter().filter(is_hopeless).map(|claim| claim.says.clone()).collect(),
            certain,
            drawn_from,
        }
    }
}

fn told_draw(plan: &AuditPlan, sample: &Sample, pulled: usize) -> String {
    let (company, meeting) = (visible(&plan.company), visible(&plan.meeting));
    let mut text = format!("{company}, {meeting}\n{}, fingerprint {}\n", plan.status, plan.fingerprint);
    if plan.status != "certified" {
        text.push_str("The result is preliminary: what is open is told by `quorate tabulate`, and no sample settles it.\n");
    }
    let claims = counted(plan.claims.len() as u64, "claim");
    text.push_str(&format!("{claims} of the result, risk limit {}:\n", plan.risk));
    for claim in &plan.claims {
        text.push_str(&format!("  - {} (by {})\n", claim.says, claim.total));
    }
    for sentence in &plan.not_covered {
        text.push_str(&format!("  not sampled: {sentence}\n"));
    }
    for says in &sample.hopeless {
        text.push_str(&format!("  no sample can show it, count all: {says}\n"));
    }
    let draws = counted(sample.draws.len() as u64, "draw");
    let certain = counted(sample.certain.len() as u64, "account");
    text.push_str(&format!(
        "{certain} examined in any case; {draws} of {} votes: {} to pull, in pulls.csv.\n",
        thousands(&plan.drawn_from),
        counted(pulled as u64, "account"),
    ));
    text.push_str("Fill in the column on_paper from the paper alone, then: quorate audit assess pulls.csv\n");
    text
}

fn judge(args: &AuditAssess) -> anyhow::Result<Exit> {
    let folder = args.pulls.parent().unwrap_or(Path::new("."));
    let path = folder.join(FILES[2]);
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let plan: AuditPlan =
        serde_json::from_str(&text).with_context(|| format!("{} is not as draw wrote it", path.display()))?;
    anyhow::ensure!(plan.schema == SCHEMA, "{}: expected the schema {SCHEMA}", path.display());
    let risk = risk_of(&plan.risk)?;
    let amount = |text: &String| Votes::parse(text).with_context(|| format!("{}: {text}", path.display()));
    let votes: anyhow::Result<BTreeMap<String, Votes>> =
        plan.accounts.iter().map(|(account, votes)| Ok((account.clone(), amount(votes)?))).collect();
    let votes = votes?;
    let file = fs::File::open(&args.pulls).with_context(|| format!("reading {}", args.pulls.display()))?;
    let pulls = read_pulls(&args.pulls.display().to_string(), file, &votes)
        .map_err(|problems| anyhow::anyhow!("{}", problems.join("\n")))?;
    check_complete(&plan, &pulls)?;
    let assessment = assess(&plan.claims, &pulls, amount(&plan.drawn_from)?, &risk)?;
    let mut told = format!("{}, fingerprint {}\n", plan.status, plan.fingerprint);
    for claim in &assessment.claims {
        let what = match claim.verdict {
            Verdict::Stop => "STOP: the risk limit is reached",
            Verdict::GoOn => "GO ON: draw more",
            Verdict::CountAll => "COUNT ALL: the sample cannot show it",
        };
        told.push_str(&format!("{}: {what} (risk at most {})\n", claim.says, percent(&claim.risk)));
    }
    for sentence in &plan.not_covered {
        told.push_str(&format!("not sampled: {sentence}\n"));
    }
    if assessment.differing.is_empty() {
        told.push_str("All paper pulled says what was counted.\n");
    } else {
        told.push_str(&format!("The paper says otherwise of: {}\n", assessment.differing.join(", ")));
    }
    output::print(&told)?;
    let worst = |verdict| assessment.claims.iter().any(|claim| claim.verdict == verdict);
    Ok(match (worst(Verdict::CountAll), worst(Verdict::GoOn)) {
        (true, _) => Exit::Differs,
        (false, true) => Exit::Preliminary,
        (false, false) => Exit::Certified,
    })
}

/// Every account drawn must be in the list, with the draws that pulled it.
fn check_complete(plan: &AuditPlan, pulls: &[sampling::Pull]) -> anyhow::Result<()> {
    let mut wanted: BTreeMap<&str, Vec<u64>> =
        plan.certain.iter().map(|account| (account.as_str(), Vec::new())).collect();
    for draw in &plan.draws {
        wanted.entry(&draw.account).or_default().push(draw.draw);
    }
    let found: BTreeMap<&str, Vec<u64>> =
        pulls.iter().map(|pull| (pull.account.as_str(), pull.draws.clone())).collect();
    for (account, draws) in &wanted {
        anyhow::ensure!(
            found.get(account) == Some(draws),
            "account {}: its rows in pulls.csv are not those that were drawn",
            quoted(account)
        );
    }
    Ok(())
}

/// A risk as a percentage with two decimals, rounded up: never shown smaller than it is.
fn percent(risk: &BigRational) -> String {
    let hundredths = (risk * BigRational::from_integer(10_000.into())).ceil().to_integer();
    let text = format!("{hundredths:0>3}");
    let (whole, part) = text.split_at(text.len() - 2);
    format!("{whole}.{part}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_risk_is_never_shown_smaller_than_it_is() {
        let shown = |text: &str| percent(&text.parse().expect("a fraction"));
        assert_eq!(shown("1/20"), "5.00%");
        assert_eq!(shown("1/3"), "33.34%");
        assert_eq!(shown("1/100000"), "0.01%");
        assert_eq!(shown("0"), "0.00%");
        assert_eq!(shown("1"), "100.00%");
    }
}
