import NumericKernels
import Testing

@Suite("SystemMemory")
struct SystemMemoryTests {
  @Test("The system promises memory of a sensible size, and none at all needs no promise")
  func sensibleSizes() {
    #expect(SystemMemory.canHold(Float.self, count: 0))
    #expect(SystemMemory.canHold(Float.self, count: 1))
    #expect(SystemMemory.canHold(Double.self, count: 1 << 20))
  }

  @Test(
    "A count whose bytes exceed the address space, overflow or are negative is refused",
    arguments: [1 << 50, 1 << 60, Int.max, -1])
  func absurdSizes(count: Int) {
    #expect(!SystemMemory.canHold(Double.self, count: count))
  }

  @Test("Advice on memory that holds no whole huge page changes nothing", arguments: [0, 1, 4096])
  func adviceOnSmallMemory(count: Int) {
    var bytes = [UInt8](repeating: 7, count: count)
    bytes.withUnsafeMutableBytes { SystemMemory.adviseHugePages($0) }
    #expect(bytes.allSatisfy { $0 == 7 })
  }
}
