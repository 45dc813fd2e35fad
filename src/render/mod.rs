//! Render: a certificate as documents. No arithmetic happens here; percentages are the one exception,
//! and they are rounded, shown beside their base, and decide nothing.

pub mod check;
pub mod csv;
pub mod filing;
mod front;
pub mod html;
mod interim;
pub mod json;
pub mod markdown;
mod page;
pub mod plan;
pub mod room;
mod tables;
pub mod text;
pub mod words;
#[cfg(feature = "xlsx")]
pub mod workbook;

pub use page::{WIDTH, WIDTHS};
