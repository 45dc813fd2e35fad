//! The page for the projector: where the quorum and each item stand, reloaded by the browser itself. No account, holder
//! or card stands on it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::bars;
use super::markup::{list, name, prose};
use super::{POLICY, STYLE, hatching};
use crate::certify::{Certificate, ItemFigures};
use crate::render::room::{Room, Standing};
use crate::render::words;
use crate::text::visible;

/// How often a browser reloads it, in seconds.
const RELOADED: &str = "2";

/// Large enough to be read from the back of the room.
const LARGE: &str = "body { max-width: 80rem; font-size: 1.35rem; } .bar { height: 1.6rem; }\n";

/// The page of a count; accounts, holders and cards are left out of it.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    let certificate = certificate.clone().public();
    let room = Room::of(&certificate);
    let [quorum, items @ ..] = room.standings.as_slice() else { return String::new() };
    let page = html! {
        (DOCTYPE) "\n"
        html lang="en" { "\n"
            head { "\n"
                meta charset="utf-8"; "\n"
                meta http-equiv="refresh" content=(RELOADED); "\n"
                meta http-equiv="Content-Security-Policy" content=(POLICY); "\n"
                meta name="viewport" content="width=device-width, initial-scale=1"; "\n"
                title { (visible(&certificate.meeting.company)) } "\n"
                style { "\n" (PreEscaped(STYLE)) (PreEscaped(LARGE)) } "\n"
            } "\n"
            body { "\n"
                (hatching()) "\n"
                header { "\n"
                    p class="company" { (name(&certificate.meeting.company)) } "\n"
                    p { (name(&certificate.meeting.title)) } "\n"
                    @if words::is_preliminary(&certificate) { h1 { "PRELIMINARY" } "\n" }
                    @if let Some(banner) = words::test_banner(&certificate) { h1 { (banner) } "\n" }
                } "\n"
                main { "\n"
                    (section(quorum, &bars::quorum(&certificate)))
                    @for (item, standing) in certificate.items.iter().zip(items) {
                        (section(standing, &drawn(item)))
                    }
                    p { (prose(&room.cards)) } "\n"
                    (list(room.open))
                } "\n"
            } "\n"
        } "\n"
    };
    page.into_string()
}

fn section(standing: &Standing, bars: &Markup) -> Markup {
    html! {
        section { "\n"
            h2 { (name(&standing.title)) } "\n"
            p { (prose(&standing.says)) } "\n"
            (bars)
        } "\n"
    }
}

/// The bars of an item, by its kind.
fn drawn(item: &ItemFigures) -> Markup {
    match (item.kind, &item.nominees, &item.lines) {
        _ if item.outcome == "withdrawn" => html! {},
        ("election", Some(nominees), _) => bars::nominees(item, nominees),
        ("frequency", ..) => bars::choices(item),
        (_, _, Some(lines)) => bars::proposal("", lines, &item.needed, &words::outcome(item)),
        (_, _, None) => html! {},
    }
}
