//! `quorate plan`: load, tabulate, ask, answer.

use super::{CommandError, Exit, output, terminal, with_meeting};
use crate::amount::Votes;
use crate::cli::{Plan, PlanFormat};
use crate::load::Loaded;
use crate::meeting::{Cumulative, ItemKind, Meeting};
use crate::plan::{self, PlanSheet, Rest};
use crate::render;
use crate::tabulate::Tabulation;
use crate::text::{did_you_mean, one_of, quoted};
use crate::time::Moment;

const UNDONE: &str = "nothing was planned";

/// Plans the proxy holders' ballot and prints the sheet.
pub(super) fn run(args: &Plan) -> anyhow::Result<Exit> {
    let rest = match &args.against {
        Some(text) => Rest::Given(Votes::parse(text.trim()).map_err(|error| {
            CommandError::Usage(format!("--against: {} {error}, in cumulated votes", quoted(text)))
        })?),
        None => Rest::Present,
    };
    let sheet = with_meeting(&args.files, |loaded| {
        planned(args, rest, loaded.map_err(|problems| CommandError::Input(problems, UNDONE))?)
    })?;
    output::print(&match args.format {
        PlanFormat::Text => render::plan::text(&sheet, terminal::width()),
        PlanFormat::Json => render::plan::json(&sheet),
    })?;
    Ok(Exit::Certified)
}

fn planned(args: &Plan, rest: Rest, mut loaded: Loaded) -> Result<PlanSheet, CommandError> {
    let item = item_place(&loaded.meeting, &args.item).map_err(CommandError::Usage)?;
    let form = form_place(&loaded.meeting, &args.form).map_err(CommandError::Usage)?;
    let as_of = match &args.as_of {
        Some(text) => Some(
            Moment::parse(text.trim(), &loaded.meeting.zone)
                .map_err(|error| CommandError::Usage(format!("--as-of: {} {error}", quoted(text))))?,
        ),
        None => None,
    };
    loaded.lots.clear();
    let is_notice_assumed = plan::assume_notice(&mut loaded.meeting, item);
    let tabulation =
        Tabulation::of(loaded, as_of).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let sheet = answer(&tabulation, item, form, rest, is_notice_assumed);
    // `item_place` lets no other item pass.
    Ok(sheet.unwrap_or_else(|| unreachable!("the item is counted cumulatively")))
}

fn answer(
    tabulation: &Tabulation,
    item: usize,
    form: usize,
    rest: Rest,
    is_notice_assumed: bool,
) -> Option<PlanSheet> {
    let asked = plan::ask(tabulation, item, form, rest)?;
    let plan = asked.question.plan();
    plan::sheet(tabulation, &asked, &plan, is_notice_assumed)
}

/// An election in which votes may be cumulated, or what was expected instead.
fn item_place(meeting: &Meeting, written: &str) -> Result<usize, String> {
    let is_available = |kind: &ItemKind| match kind {
        ItemKind::Election(election) => election.cumulative != Cumulative::NotAvailable,
        ItemKind::Proposal(_) | ItemKind::Frequency(_) => false,
    };
    let available =
        || meeting.items.iter().filter(|item| is_available(&item.kind)).map(|item| item.id.as_str());
    let expected = match available().count() {
        0 => "this meeting has no election with cumulative voting".to_owned(),
        _ => format!("expected an election with cumulative voting: {}", one_of(available())),
    };
    let Some(place) = meeting.items.iter().position(|item| item.id == written) else {
        return Err(format!("--item: {} is not an item of this meeting; {expected}", quoted(written)));
    };
    match &meeting.items[place].kind {
        kind if is_available(kind) => Ok(place),
        ItemKind::Election(_) => Err(format!(
            "--item: cumulative voting is not available in {}, whose `cumulative` is absent; {expected}",
            quoted(written)
        )),
        ItemKind::Proposal(_) | ItemKind::Frequency(_) => {
            Err(format!("--item: {} is not an election; {expected}", quoted(written)))
        }
    }
}

fn form_place(meeting: &Meeting, written: &str) -> Result<usize, String> {
    let names = || meeting.forms.iter().map(|form| form.id.as_str());
    names().position(|id| id == written).ok_or_else(|| {
        let hint = did_you_mean(written, names());
        let hint = if hint.is_empty() { format!("; expected {}", one_of(names())) } else { hint };
        format!("--form: {} is not a form of proxy of this meeting{hint}", quoted(written))
    })
}
