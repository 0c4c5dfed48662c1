//! People as records and operators make them, against an oracle of plain collections: who has which
//! row, at every readable index.

mod oracle;
mod random;
mod rows;
