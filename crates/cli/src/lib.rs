//! The command line of Tagma: every client command, and the roles of a server.
//!
//! Owns what a user types and sees: flags, help, tables, JSON, exit codes, reading of files that
//! are loaded. Must not decide anything about people, tags or segments: that is asked of a
//! coordinator over gRPC.
//!
//! | module | what it is |
//! | --- | --- |
//! | `app` | the flags, and the way from them to a command |
//! | [`connection`] | the only file that speaks gRPC |
//! | `commands` | one file per verb, a folder per noun |
//! | `demo` | the demo's world, and the score of its identities |
//! | [`load`] | files become requests |
//! | `output` | tables, JSON, files, progress |

mod app;
mod args;
mod commands;
pub mod connection;
mod console;
mod demo;
mod failure;
pub mod load;
mod output;

#[cfg(test)]
mod fake_server_tests;

pub use app::{run, run_on};
pub use console::{Console, Format};
pub use failure::Failure;
