import NumericKernels
import Testing

@Suite("SystemMemory")
struct SystemMemoryTests {
  @Test("Advice on memory that holds no whole huge page changes nothing", arguments: [0, 1, 4096])
  func adviceOnSmallMemory(count: Int) {
    var bytes = [UInt8](repeating: 7, count: count)
    bytes.withUnsafeMutableBytes { SystemMemory.adviseHugePages($0) }
    #expect(bytes.allSatisfy { $0 == 7 })
  }
}
