//! Rows of the demo's files, in text and in columns: layouts, cells, and blocks of rows.

mod cell;
mod columnar;
mod layout;
mod rows;
mod text;

pub(crate) use self::cell::Cell;
pub(crate) use self::layout::{Column, Layout, TimeStyle};
pub(crate) use self::rows::{Block, FileFormat, Rows};
