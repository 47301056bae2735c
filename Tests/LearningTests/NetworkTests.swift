import Learning
import Testing

@Suite("ParameterLayout")
struct ParameterLayoutTests {
  @Test("Parts follow each other without gaps")
  func partsFollow() {
    var layout = ParameterLayout()
    #expect(layout.count == 0)
    #expect(layout.add("weight", 3, 4) == 0)
    #expect(layout.add("bias", 3) == 12)
    #expect(layout.add("scale") == 15)
    #expect(layout.count == 16)
    #expect(layout.entries.map(\.name) == ["weight", "bias", "scale"])
    #expect(layout.entries.map(\.shape) == [[3, 4], [3], []])
    #expect(layout.entries.map(\.offset) == [0, 12, 15])
    #expect(layout.entries.map(\.count) == [12, 3, 1])
  }
}
