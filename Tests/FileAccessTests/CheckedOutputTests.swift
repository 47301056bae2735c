import Dispatch
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Checked output")
struct CheckedOutputTests {
  @Test("A full disk is an error, at the latest when flushing, and every later call repeats it")
  func full() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let output = CheckedOutput(descriptor, name: "out", capacity: 8)
    try output.write("1234")
    let error = FileError.thrown { try output.write("5678") }
    #expect(error?.code == "write-failed")
    #expect(error?.category == .inputOutput)
    #expect(error?.sentence.contains("No space left on device") == true)
    #expect(FileError.thrown { try output.write("more") } == error)
    #expect(FileError.thrown { try output.flush() } == error)
  }

  @Test("A closed pipe is a separate fact")
  func closedPipe() throws {
    CheckedOutput.prepareProcess()
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let output = CheckedOutput(ends[1], name: "out")
    try output.write("a line\n")
    #expect(FileError.thrown { try output.flush() }?.fact == .closedPipe)
  }

  @Test(
    "All bytes arrive in order, even through a slow pipe",
    .timeLimit(.minutes(1)))
  func slowReader() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    // A full pipe now returns EAGAIN and does not block.
    #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
    let (reading, writing) = (ends[0], ends[1])
    let big = (0..<400_000).map { UInt8(truncatingIfNeeded: $0) }
    // Not a task: tasks share a few threads, and this work blocks.
    DispatchQueue.global().async {
      let output = CheckedOutput(writing, name: "out", capacity: 10)
      let error = FileError.thrown {
        try output.write("123")
        try output.write(big)
        try output.write("4567890123")
        try output.write(["x", "y"].lazy.flatMap { $0.utf8 })
        try output.flush()
      }
      close(writing)
      if let error { Issue.record(error) }
    }
    defer { close(reading) }
    var source = InputDescriptor(reading, name: "in")
    var read: [UInt8] = []
    while let chunk = try source.nextChunk(size: 5000) { read += chunk }
    // Compared outside #expect, which takes minutes to describe a difference of long arrays.
    let isSame = read == Array("123".utf8) + big + Array("4567890123xy".utf8)
    #expect(isSame)
  }
}
