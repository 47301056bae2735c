import Dispatch
import Synchronization

/// The threads that share the work of `Shards` with the calling thread.
///
/// They are started when first needed, up to the number that the system permits, and sleep between
/// jobs. The calling thread takes shards like all others, so a job always finishes, even if there
/// is no other thread. Dispatch's own threads are not used: if no thread can be started,
/// `concurrentPerform` waits forever, and if there are no free file descriptors, it crashes.
final class WorkerThreads: Sendable {
  static let shared = WorkerThreads()

  /// A task to call once with each index below `count`.
  private final class Job: Sendable {
    let task: @Sendable (Int) -> Void
    let count: Int
    private let next = Atomic<Int>(0)

    init(count: Int, _ task: @escaping @Sendable (Int) -> Void) {
      (self.count, self.task) = (count, task)
    }

    /// Whether there are indices that no thread has taken.
    var isOpen: Bool { next.load(ordering: .relaxed) < count }

    /// Calls the task with indices that no thread has taken until none are left.
    func work() {
      while case let number = next.add(1, ordering: .relaxed).oldValue, number < count {
        task(number)
      }
    }
  }

  /// The threads that are working on a job, excluding the calling thread.
  private struct Crew {
    var count = 0
    /// Whether the calling thread is waiting for the last thread, which signals `finished`.
    var isAwaited = false
    let finished = DispatchSemaphore(value: 0)
  }

  private struct State {
    var threadCount = 0
    /// Whether the system has refused to start a thread. If so, later jobs do not try again.
    var isLimited = false
    /// The jobs that threads may start working on, oldest first.
    var jobs: [(id: Int, job: Job)] = []
    /// The threads of each job, including jobs that are no longer in `jobs`.
    var crews: [Int: Crew] = [:]
    var lastID = 0
  }

  private let state = Mutex(State())
  /// Counts the requests to look for a job.
  private let invitations = DispatchSemaphore(value: 0)

  /// Calls `task` once with each index in `0..<count`, on at most `count` threads.
  func run(count: Int, _ task: @Sendable (Int) -> Void) {
    let helpers = start(count - 1)
    guard helpers > 0 else {
      for number in 0..<count { task(number) }
      return
    }
    withoutActuallyEscaping(task) { task in
      let job = Job(count: count, task)
      let id = state.withLock { state in
        state.lastID += 1
        state.jobs.append((state.lastID, job))
        state.crews[state.lastID] = Crew()
        return state.lastID
      }
      for _ in 0..<helpers { invitations.signal() }
      job.work()
      // From here on, no thread starts working on the job. Wait for the threads that have started,
      // so that `task` outlives their use of it.
      let finished: DispatchSemaphore? = state.withLock { state in
        state.jobs.removeAll { $0.id == id }
        guard let crew = state.crews[id], crew.count > 0 else {
          state.crews[id] = nil
          return nil
        }
        state.crews[id]?.isAwaited = true
        return crew.finished
      }
      finished?.wait()
    }
  }

  /// Starts threads until there are `count` or the system does not allow more.
  ///
  /// - Returns: the number of threads, at most `count`.
  func start(_ count: Int) -> Int {
    state.withLock { state in
      while state.threadCount < count, !state.isLimited {
        if BackgroundThread.start({ WorkerThreads.shared.serve() }) {
          state.threadCount += 1
        } else {
          state.isLimited = true
        }
      }
      return min(state.threadCount, count)
    }
  }

  /// Works on jobs until the process exits.
  private func serve() -> Never {
    while true {
      invitations.wait()
      // The reference to the job is released when the call returns, before the thread leaves the
      // crew.
      if let id = work() { leave(id) }
    }
  }

  /// Joins the crew of the oldest open job and works on the job; returns the ID of the job, or
  /// `nil` if no job is open.
  @inline(never)
  private func work() -> Int? {
    let found: (id: Int, job: Job)? = state.withLock { state in
      guard let found = state.jobs.first(where: { $0.job.isOpen }) else { return nil }
      state.crews[found.id]?.count += 1
      return found
    }
    found?.job.work()
    return found?.id
  }

  private func leave(_ id: Int) {
    let finished: DispatchSemaphore? = state.withLock { state in
      state.crews[id]?.count -= 1
      guard let crew = state.crews[id], crew.isAwaited, crew.count == 0 else { return nil }
      state.crews[id] = nil
      return crew.finished
    }
    finished?.signal()
  }
}
