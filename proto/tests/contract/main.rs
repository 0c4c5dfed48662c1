//! The protos as a contract: how they look, and that what was released is still there.

mod breaking;
mod descriptors;
mod lint;
mod names;
mod released;
mod surface;
