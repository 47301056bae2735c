import NumericKernels
import Testing

@Suite("Buffer")
struct BufferTests {
  @Test(
    "Memory starts at a multiple of 64 bytes for every size", arguments: [0, 1, 5, 1000, 1 << 20])
  func alignment(count: Int) {
    #expect(UInt(bitPattern: Buffer<Float>(count: count).start) % 64 == 0)
    #expect(UInt(bitPattern: Buffer<Double>(count: count).start) % 64 == 0)
  }

  @Test("A buffer grows on demand, never shrinks, and returns zeros when asked for them")
  func growth() {
    let buffer = Buffer<Float>(count: 4)
    buffer.start.update(repeating: 7, count: 4)
    #expect(buffer.reserve(3)[2] == 7)
    #expect(buffer.capacity == 4)
    let grown = buffer.reserve(100)
    #expect(buffer.capacity >= 100)
    #expect((0..<buffer.capacity).allSatisfy { grown[$0] == 0 })
    grown.update(repeating: 7, count: 100)
    let zeros = buffer.zeros(50)
    #expect((0..<50).allSatisfy { zeros[$0] == 0 })
    #expect(zeros[50] == 7)
    #expect(buffer.start == zeros)
  }
}
