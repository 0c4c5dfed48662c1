//! Nodes alone and in clusters of three, over direct calls.

mod alone;
mod cluster;
mod grpc;
mod harness;
mod lagging;
mod reads;
