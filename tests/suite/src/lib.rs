//! Contract, end-to-end and crash tests
