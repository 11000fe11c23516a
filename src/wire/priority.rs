//! Threads that do what can wait.

/// Lets other threads have the processor first, where the system knows such a thing.
pub fn step_back() {
    #[cfg(target_os = "linux")]
    {
        const NICE: i32 = 15;
        let _ = rustix::process::setpriority_process(None, NICE);
    }
}
