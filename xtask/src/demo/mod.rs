//! The demo: a server process, commands against it, and an independent computation of the figures.

pub(crate) mod cdnow;
mod client;
mod generated;
mod independent;
mod server;
