import Platform
import Synchronization

/// One run of libFuzzer: the target that `DOCKET_FUZZ_TARGET` names, and the number of inputs per
/// outcome, which is printed at the end.
private enum FuzzRun {
  static let outcomes = Mutex<[String: Int]>([:])

  static let target: FuzzTarget = {
    let name = getenv("DOCKET_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      fatalError("no target \"\(name)\"; set DOCKET_FUZZ_TARGET")
    }
    atexit { FuzzRun.printOutcomes() }
    return target
  }()

  static func printOutcomes() {
    let counts = outcomes.withLock { $0 }
    for (outcome, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("outcome \(target.name) \(count) \(outcome)")
    }
    fflush(nil)
  }
}

/// The entry point for libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    let outcome = try FuzzRun.target.outcome(
      of: Array(UnsafeBufferPointer(start: start, count: count)))
    FuzzRun.outcomes.withLock { $0[outcome, default: 0] += 1 }
  } catch {
    fatalError("\(error)")
  }
  return 0
}
