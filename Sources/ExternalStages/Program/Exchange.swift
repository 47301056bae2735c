import FileAccess
import Platform

/// Requests to a program, one line each.
struct Requests: Sendable {
  /// The lines, each with a line feed.
  private(set) var bytes: [UInt8] = []
  /// The end of each line in `bytes`.
  private(set) var ends: [Int] = []
  /// The maximum length of the answer to each request, in bytes.
  private(set) var limits: [Int] = []

  /// Adds a request. `line` must not contain a line feed.
  mutating func append(_ line: some Collection<UInt8>, answerLimit: Int) {
    bytes += line
    bytes.append(0x0A)
    ends.append(bytes.count)
    limits.append(answerLimit)
  }

  /// The number of requests.
  var count: Int { ends.count }

  /// Returns the number of bytes that must have been written before the answer to a request, or the
  /// beginning of the answer, may arrive.
  func needed(_ index: Int, isWhole: Bool) -> Int { isWhole ? ends[index] : start(index) + 1 }

  /// Returns the offset in `bytes` at which the line of a request starts.
  func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index - 1] }
}

/// A process and the state of the conversation with it.
///
/// Requests are written without waiting for earlier answers, as far as the pipe has room. Answers
/// are read as soon as they arrive, so neither side blocks on a full pipe.
struct Conversation: Sendable {
  /// The process.
  var child: ChildProcess
  /// The bytes of standard output that have not been discarded yet.
  private var buffer: [UInt8] = []
  /// The offset in `buffer` of the first unused byte.
  private var used = 0
  /// The offset in `buffer` up to which the unused bytes are known to contain no line feed.
  private var searched = 0
  private var messages = MessageLines()
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)

  /// Starts a conversation with a process.
  init(_ child: ChildProcess) { self.child = child }

  /// Sends requests and passes each answer to `accept`, in order.
  ///
  /// - Parameters:
  ///   - requests: the requests, of which `range` is sent.
  ///   - seconds: the time limit for each answer, counted from the previous answer.
  ///   - shouldStop: called at least five times per second while waiting; returns whether to stop
  ///     as if the time limit had passed.
  ///   - accept: receives the index of a request and the line of its answer, without its line feed;
  ///     returns the reason why the conversation cannot continue, if there is one.
  /// - Returns: the number of answers that were accepted, and the failure if some are missing.
  mutating func exchange(
    _ requests: Requests, _ range: Range<Int>, seconds: Double, relay: MessageRelay,
    shouldStop: () -> Bool, accept: (Int, ArraySlice<UInt8>) -> ProgramFact?
  ) -> (answered: Int, failure: ProgramFact?) {
    var next = range.lowerBound
    let failure = BrokenPipeSignal.blocked { () -> ProgramFact? in
      var written = requests.start(range.lowerBound)
      let end = range.isEmpty ? written : requests.ends[range.upperBound - 1]
      var deadline = Self.now + seconds
      while true {
        let before = next
        if let fact = takeLines(requests, &next, range, written: written, accept) { return fact }
        if next == range.upperBound { return nil }
        if next > before { deadline = Self.now + seconds }
        guard let ready = wait(until: deadline, writes: written < end, shouldStop) else {
          return .timedOut(seconds: seconds)
        }
        if ready.errors { readMessages(relay) }
        if ready.input, let fact = write(requests, &written, end) { return fact }
        if ready.output, !readOutput() { return ended(relay) }
      }
    }
    return (next - range.lowerBound, failure)
  }

  /// Sends requests and passes each answer to `accept`, in order, without stopping early.
  mutating func exchange(
    _ requests: Requests, _ range: Range<Int>, seconds: Double, relay: MessageRelay,
    accept: (Int, ArraySlice<UInt8>) -> ProgramFact?
  ) -> (answered: Int, failure: ProgramFact?) {
    exchange(
      requests, range, seconds: seconds, relay: relay, shouldStop: { false }, accept: accept)
  }

  /// Passes the complete lines in the buffer to `accept`.
  private mutating func takeLines(
    _ requests: Requests, _ next: inout Int, _ range: Range<Int>, written: Int,
    _ accept: (Int, ArraySlice<UInt8>) -> ProgramFact?
  ) -> ProgramFact? {
    while used < buffer.count {
      let feed = buffer[searched...].firstIndex(of: 0x0A)
      searched = feed ?? buffer.count
      // A program may begin to answer before it has read the whole request, but not before the
      // request begins. This also detects data left over from an earlier exchange.
      let needed = next < range.upperBound ? requests.needed(next, isWhole: feed != nil) : .max
      guard needed <= written else {
        return .outOfOrder
      }
      guard searched - used <= requests.limits[next] else {
        return .tooLong(limit: requests.limits[next])
      }
      guard let feed else { break }
      if let fact = accept(next, buffer[used..<feed]) { return fact }
      next += 1
      used = feed + 1
      searched = used
      if next == range.upperBound { break }
    }
    if used == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
      (used, searched) = (0, 0)
    }
    return nil
  }

  /// Waits until a pipe is ready; `nil` if the deadline has passed or waiting should stop.
  private func wait(
    until deadline: Double, writes: Bool, _ shouldStop: () -> Bool
  ) -> (input: Bool, output: Bool, errors: Bool)? {
    var pipes = [
      pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: child.errors, events: Int16(POLLIN), revents: 0),
      pollfd(fd: writes ? child.input : -1, events: Int16(POLLOUT), revents: 0),
    ]
    while true {
      let rest = deadline - Self.now
      guard rest > 0 else { return nil }
      let count = poll(&pipes, nfds_t(pipes.count), Int32(min(rest, 0.2) * 1_000 + 1))
      if count > 0 {
        return (pipes[2].revents != 0, pipes[0].revents != 0, pipes[1].revents != 0)
      }
      if shouldStop() { return nil }
    }
  }

  /// Writes as much as the pipe can hold.
  private mutating func write(
    _ requests: Requests, _ written: inout Int, _ end: Int
  ) -> ProgramFact? {
    let count = requests.bytes.withUnsafeBytes { bytes in
      Platform.write(child.input, bytes.baseAddress?.advanced(by: written), end - written)
    }
    if count > 0 {
      written += count
    } else if errno == EPIPE {
      // The process may have answered before it ended, so reading continues.
      child.closeInput()
    } else if errno != EAGAIN && errno != EINTR {
      return .ended(how: "cannot be written to: \(SystemCall.reason())", lastLine: "")
    }
    return nil
  }

  /// Reads from standard output; returns whether it is still open.
  private mutating func readOutput() -> Bool {
    let count = read(child.output, &chunk, chunk.count)
    if count > 0 {
      if used > 0 {
        buffer.removeFirst(used)
        searched -= used
        used = 0
      }
      buffer += chunk[..<count]
      return true
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR)
  }

  private mutating func readMessages(_ relay: MessageRelay) {
    let count = read(child.errors, &chunk, chunk.count)
    if count > 0 {
      messages.add(chunk[..<count], to: relay)
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      child.closeErrors()
    }
  }

  /// Returns how the process ended, after its standard output was closed.
  private mutating func ended(_ relay: MessageRelay) -> ProgramFact {
    let how = child.ending(within: 500)?.sentence ?? "closed its standard output"
    // Read at most as much as a pipe holds, in case a child of the program keeps writing.
    for _ in 0..<16 where child.errors >= 0 {
      var pipe = pollfd(fd: child.errors, events: Int16(POLLIN), revents: 0)
      guard poll(&pipe, 1, 0) > 0 else { break }
      readMessages(relay)
    }
    messages.flush(to: relay)
    return .ended(how: how, lastLine: messages.last)
  }

  /// Ends the process and forwards what it wrote to standard error.
  ///
  /// - Parameter patience: how long the program may take to end after its input is closed, in
  ///   milliseconds.
  mutating func stop(patience: Int, relay: MessageRelay) {
    var lines = messages
    child.stop(patience: patience) { lines.add($0, to: relay) }
    lines.flush(to: relay)
    messages = lines
  }

  /// The time in seconds on a monotonic clock.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
