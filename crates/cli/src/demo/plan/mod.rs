//! The plan of a world: everything that people do not have each for themselves. Which noise falls
//! on whom, who shares a phone, whose device goes on to whom. A few bytes a person.

mod devices;
mod phones;
mod slots;
#[cfg(test)]
mod tests;
mod world;

pub(crate) use self::devices::{DevicePlan, Devices};
pub(crate) use self::phones::PhonePlan;
pub(crate) use self::world::{Plan, Settings};
