//! What is filed, in parts, and how each part stands in Markdown, in plain text and in HTML: the same words and
//! figures in all three.

use maud::{DOCTYPE, Markup, html};

use crate::render::html::markup::{Caption, prose, table as html_table};
use crate::render::markdown;
use crate::render::page::TextPage;
use crate::render::tables::DocumentTable;
use crate::text::visible;

/// How wide the plain text of a filing may be: tables stay tables.
const WIDTH: usize = 132;

/// What a filing is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// A page to copy from.
    Html,
}

/// Words of a sentence.
#[derive(Debug, Clone)]
pub(super) enum Words {
    /// As they are.
    Plain(String),
    /// The program's own, in which nothing can be markup by accident.
    Own(String),
    /// To be seen first.
    Strong(String),
    /// A command to type.
    Command(&'static str),
}

/// A part of a filing.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Head(&'static str),
    Sentence(Vec<Words>),
    /// What stands out of the filing's own text.
    Notice(Vec<Words>),
    Table(DocumentTable),
    /// What follows is not part of the filing.
    Rule,
}

/// A filing while it is written.
#[derive(Debug, Default)]
pub(super) struct Filing {
    parts: Vec<Part>,
}

impl Filing {
    pub(super) fn head(&mut self, text: &'static str) {
        self.parts.push(Part::Head(text));
    }

    pub(super) fn paragraph(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Sentence(vec![Words::Plain(text.into())]));
    }

    /// A paragraph without a word of the user's.
    pub(super) fn own(&mut self, text: &str) {
        self.parts.push(Part::Sentence(vec![Words::Own(text.to_owned())]));
    }

    pub(super) fn strong(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Sentence(vec![Words::Strong(text.into())]));
    }

    pub(super) fn sentence(&mut self, words: Vec<Words>) {
        self.parts.push(Part::Sentence(words));
    }

    pub(super) fn notice(&mut self, words: Vec<Words>) {
        self.parts.push(Part::Notice(words));
    }

    pub(super) fn table(&mut self, table: DocumentTable) {
        self.parts.push(Part::Table(table));
    }

    pub(super) fn rule(&mut self) {
        self.parts.push(Part::Rule);
    }

    pub(super) fn render(&self, form: Form) -> String {
        match form {
            Form::Markdown => self.markdown(),
            Form::Text => self.text(),
            Form::Html => self.html(),
        }
    }

    fn markdown(&self) -> String {
        let words = |words: &[Words]| -> String {
            words
                .iter()
                .map(|part| match part {
                    Words::Plain(text) => markdown::escaped(text),
                    Words::Own(text) => text.clone(),
                    Words::Strong(text) => format!("**{}**", markdown::escaped(text)),
                    Words::Command(text) => format!("`{text}`"),
                })
                .collect()
        };
        let part = |part: &Part| match part {
            Part::Head(text) => format!("# {text}\n"),
            Part::Sentence(sentence) => format!("{}\n", words(sentence)),
            Part::Notice(sentence) => format!("> {}\n", words(sentence)),
            Part::Table(table) => markdown::table(table),
            Part::Rule => "---\n".to_owned(),
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join("\n")
    }

    fn text(&self) -> String {
        let mut page = TextPage::of_width(WIDTH);
        for (place, part) in self.parts.iter().enumerate() {
            if place > 0 {
                page.blank();
            }
            match part {
                Part::Head(text) => page.line(text),
                Part::Sentence(words) => page.told(0, 0, &plain(words)),
                Part::Notice(words) => page.paragraph("*** ", 4, &plain(words)),
                Part::Table(table) => page.headed_table(0, &table.head, &table.rows),
                Part::Rule => page.line(&"-".repeat(72)),
            }
        }
        page.finish()
    }

    fn html(&self) -> String {
        let words = |words: &[Words]| -> Markup {
            html! {
                @for part in words {
                    @match part {
                        Words::Plain(text) | Words::Own(text) => (prose(text)),
                        Words::Strong(text) => strong { (prose(text)) },
                        Words::Command(text) => code { (text) },
                    }
                }
            }
        };
        let page = html! {
            (DOCTYPE) "\n"
            html lang="en" { "\n"
                head { "\n"
                    meta charset="utf-8"; "\n"
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"; "\n"
                    title { (self.title()) } "\n"
                    style { (STYLE) } "\n"
                } "\n"
                body { "\n"
                    @for part in &self.parts {
                        @match part {
                            Part::Head(text) => { h1 { (text) } "\n" },
                            Part::Sentence(sentence) => { p { (words(sentence)) } "\n" },
                            Part::Notice(sentence) => { p class="notice" { (words(sentence)) } "\n" },
                            Part::Table(table) => (html_table(Caption::None, "Votes", "", table)),
                            Part::Rule => { hr; "\n" },
                        }
                    }
                } "\n"
            } "\n"
        };
        page.into_string()
    }

    fn title(&self) -> &'static str {
        let head = self.parts.iter().find_map(|part| match part {
            Part::Head(text) => Some(*text),
            Part::Sentence(_) | Part::Notice(_) | Part::Table(_) | Part::Rule => None,
        });
        head.unwrap_or("Results")
    }
}

/// Nothing that a word processor would not take over.
const STYLE: &str = "body { font-family: \"Times New Roman\", serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; } \
     h1 { font-size: 1.1rem; } table { border-collapse: collapse; } \
     th, td { padding: .15rem .6rem; text-align: right; vertical-align: bottom; } \
     th:first-child { text-align: left; } thead th { border-bottom: 1px solid; } .notice { font-weight: bold; }";

fn plain(words: &[Words]) -> String {
    words
        .iter()
        .map(|part| match part {
            Words::Plain(text) | Words::Own(text) | Words::Strong(text) => visible(text).into_owned(),
            Words::Command(text) => format!("`{text}`"),
        })
        .collect()
}
