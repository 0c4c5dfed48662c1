//! The demo: a server process, commands against it, and an independent computation of the figures.

pub(crate) mod cdnow;
pub(crate) mod client;
mod generated;
pub(crate) mod independent;
pub(crate) mod server;
