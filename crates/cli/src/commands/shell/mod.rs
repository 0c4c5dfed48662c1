//! What makes the shell comfortable.

pub(crate) mod completion;
