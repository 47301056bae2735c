import Platform

/// Protection from SIGPIPE when writing to a closed pipe, without changing how the host program
/// handles the signal.
enum BrokenPipeSignal {
  /// Calls `body` with SIGPIPE blocked in this thread; a SIGPIPE that `body` caused is discarded.
  static func blocked<Result>(_ body: () -> Result) -> Result {
    var (pipe, before, pending) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer {
      if !wasPending {
        sigpending(&pending)
        var signal: Int32 = 0
        if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &signal) }
      }
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    return body()
  }
}
