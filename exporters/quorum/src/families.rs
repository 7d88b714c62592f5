//! The family table of the quorum role: every name, help, type, unit and label it can say.
