//! The one event loop of a program: a single thread for sockets and timers, which never touches a file.

use std::future::Future;

use crate::failure::{Failure, FailureKind};
use crate::worker::STACK_BYTES;

/// Name look-ups at the same time.
const LOOKUPS: usize = 4;

/// Runs `future` on a new single-threaded event loop. Threads still stuck when it ends are left behind: returning from
/// `main` ends them.
///
/// # Errors
/// `refused` if the system gives no event loop; else what the future gives.
pub fn block_on<T, E: From<Failure>>(future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Used for name look-ups alone (`getaddrinfo`): what hangs there may not pile up.
        .max_blocking_threads(LOOKUPS)
        .thread_stack_size(STACK_BYTES)
        .build()
        .map_err(|error| Failure::new(FailureKind::Refused, "start", "the event loop").because(error))?;
    let outcome = runtime.block_on(future);
    runtime.shutdown_background();
    outcome
}
