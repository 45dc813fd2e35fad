//! Workbooks, in a program that was built without them.

use super::reading::Head;
use super::records::Batch;
use super::{HeaderRule, Sheet};
use crate::catalogue::Fault;
use crate::load::source::{Ended, Pieces, Unreadable};

/// Of no value: workbooks are refused.
pub(crate) enum SheetSource {}

impl SheetSource {
    pub(super) fn open(_: Pieces, _: &Sheet) -> Result<Self, String> {
        Err("is a workbook, and this program was built without the feature `xlsx`; save the sheet as CSV"
            .to_owned())
    }

    pub(super) fn name(&self) -> &str {
        match *self {}
    }

    pub(super) fn size(&self) -> u64 {
        match *self {}
    }

    pub(super) fn head(&mut self, _: &HeaderRule) -> Result<Head, Unreadable> {
        match *self {}
    }

    pub(super) fn next(&mut self) -> Result<Batch, Unreadable> {
        match *self {}
    }

    pub(super) fn end(self) -> Result<Ended, Fault> {
        match self {}
    }
}

type NamedRows = (String, Vec<(u64, Vec<String>)>);

/// Of no value: workbooks are refused.
pub(crate) fn first_rows_of_book(pieces: Pieces) -> Result<NamedRows, String> {
    SheetSource::open(pieces, &Sheet::Number(1)).map(|source| match source {})
}
