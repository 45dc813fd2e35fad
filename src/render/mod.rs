//! Render: a certificate as documents. No arithmetic happens here; percentages are the one exception,
//! and they are rounded, shown beside their base, and decide nothing.

pub mod check;
pub mod json;
mod page;
pub mod plan;
pub mod text;
