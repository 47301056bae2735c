import Platform

/// Handles failed allocations that were not checked with `MemoryLimit`.
enum OutOfMemory {
  /// Makes a failed allocation end the process with a message and exit code 70.
  ///
  /// The Swift runtime reports such a failure by SIGABRT, with the reason in `errno`. Any other
  /// abort ends the process as usual. The handler runs on the failing thread and only calls
  /// functions listed in `signal-safety(7)`.
  static func report() {
    signal(SIGABRT) { number in
      if errno == ENOMEM {
        let message: StaticString = """
          error: there is not enough memory; choose smaller settings or fewer threads, or raise the \
          memory limit [not-enough-memory]

          """
        _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
        _exit(70)
      }
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
