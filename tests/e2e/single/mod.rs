//! One process: what it was told is there after every kind of end.

mod clean;
mod crash_points;
mod merges;
mod operators;
mod overtaking;
mod random_kills;
mod restart;
