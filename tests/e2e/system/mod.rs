//! The whole system against the oracle: random histories are carried out on real servers of 1, 3
//! and 8 shards, by loads, tag runs, saved segments; then thousands of random questions are asked
//! at random readable indexes, before and after flush, merge of runs, stop and kill.
//!
//! What is expected comes from the rows of the history alone. From Tagma come only the index that
//! each change became, and which OneID a person has.

mod ask;
mod csv;
mod enact;
mod encode;
mod fault;
mod line;
mod moments;
mod people;
mod random;
mod site;
mod upkeep;
mod values;
