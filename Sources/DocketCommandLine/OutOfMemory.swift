import Platform

/// Handles failed allocations that were not checked with `MemoryLimit`.
enum OutOfMemory {
  /// Makes a failed allocation end the process with a message and exit code 70.
  ///
  /// The Swift runtime reports such a failure with SIGABRT, and the reason is in `errno`. Any other
  /// abort ends the process as usual. The handler runs on the failing thread and only calls
  /// functions listed in `signal-safety(7)`.
  ///
  /// - Parameter asEvent: whether the message is JSON.
  static func report(asEvent: Bool) {
    if asEvent {
      signal(SIGABRT) { number in
        OutOfMemory.end(
          number,
          """
          {"event":"error","code":"not-enough-memory","exitCode":70,"text":"error: there is not \
          enough memory; choose smaller settings or fewer threads, or raise the memory limit \
          [not-enough-memory]"}

          """)
      }
    } else {
      signal(SIGABRT) { number in
        OutOfMemory.end(
          number,
          """
          error: there is not enough memory; choose smaller settings or fewer threads, or raise the \
          memory limit [not-enough-memory]

          """)
      }
    }
  }

  /// Ends the process after SIGABRT.
  private static func end(_ number: Int32, _ message: StaticString) {
    if errno == ENOMEM {
      _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
      _exit(70)
    }
    signal(number, SIG_DFL)
    raise(number)
  }
}
