//! The shell of a program: HTTP, schedules, bounded readers, child workers, self-health
