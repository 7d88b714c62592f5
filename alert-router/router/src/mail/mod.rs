//! Mail: one letter to one recipient in one SMTP transaction, within one deadline.
//!
//! [`letter`] makes the bytes, [`session`] carries them, [`refusal`] says what a failure means. A server that refuses
//! one recipient must not keep the others waiting, so there is never more than one; lettre's own timeout covers the
//! connect only, so the deadline is ours.

pub mod letter;
pub mod refusal;
pub mod session;
