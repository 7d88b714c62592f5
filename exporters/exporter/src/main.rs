//! One binary, the exporters as roles
fn main() {}
