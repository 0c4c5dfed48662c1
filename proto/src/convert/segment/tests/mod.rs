//! The tree on the wire: every form survives, limits hold, nothing that arrives can panic.

mod forms;
mod hostile;
mod limits;
mod refusals;
