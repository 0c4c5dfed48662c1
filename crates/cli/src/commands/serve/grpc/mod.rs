//! gRPC of a server of this binary.

mod listener;

pub(super) use self::listener::{Listener, RunningListener};
