//! Real peers started for tests, and fakes that misbehave like the real thing
