import PipelineCore
import Testing

/// A setting that names a built-in color or a registered one, and a section that has it.
private struct Paint: StageConfiguration {
  var color = "gray"

  static var settings: [Setting<Self>] {
    [
      .part(
        "color", \.color, builtIn: ["gray", "red"], named: { $0 }, make: { $0.partName },
        "color of the paint")
    ]
  }
}

private struct House: StageConfiguration {
  var walls: Paint?

  static var settings: [Setting<Self>] { [.section("walls", \.walls, "paint of the walls")] }
}

private struct Blue: StagePart { static let partName = "blue" }
private struct Red: StagePart { static let partName = "red" }

@Suite("StagePart")
struct StagePartTests {
  private static let place = InputPosition.option("settings")

  private static func node(_ key: String, _ value: ConfigurationNode.Value) -> ConfigurationNode {
    let value = ConfigurationNode(value, at: place)
    return ConfigurationNode(.mapping([.init(key: key, position: place, value: value)]), at: place)
  }

  private static func read<Root: StageConfiguration>(
    _ node: ConfigurationNode, parts: [any StagePart.Type]
  ) -> (value: Root, errors: [ConfigurationError]) {
    var errors: [ConfigurationError] = []
    let value = Root.read(
      from: node, owner: "stage", base: { path, _ in FilePath(written: path, resolved: path) },
      parts: parts, errors: &errors)
    return (value, errors)
  }

  @Test("A registered part is a choice, also in a section, and is listed there")
  func section() {
    let color = Self.node("color", .scalar("blue", isPlain: true))
    let paint: (value: Paint, errors: [ConfigurationError]) = Self.read(color, parts: [Blue.self])
    #expect(paint.value.color == "blue" && paint.errors.isEmpty)
    let walls = Self.node("walls", color.value)
    let house: (value: House, errors: [ConfigurationError]) = Self.read(walls, parts: [Blue.self])
    #expect(house.value.walls?.color == "blue" && house.errors.isEmpty)
    let other: (value: House, errors: [ConfigurationError]) = Self.read(walls, parts: [])
    #expect(other.errors.map(\.code) == ["unknown-choice"])
    guard case .section(let inner) = House.outline(parts: [Blue.self]).first?.form else {
      Issue.record("not a section")
      return
    }
    #expect(inner.map(\.form) == [.choice(["gray", "red", "blue"])])
  }

  @Test("A registered part with the name of a built-in one is refused where it is named")
  func builtInName() {
    let color = Self.node("color", .scalar("red", isPlain: true))
    let alone: (value: Paint, errors: [ConfigurationError]) = Self.read(color, parts: [Blue.self])
    #expect(alone.value.color == "red" && alone.errors.isEmpty)
    let both: (value: Paint, errors: [ConfigurationError]) = Self.read(color, parts: [Red.self])
    #expect(both.errors.map(\.code) == ["conflict"])
    #expect(both.errors.first?.sentence.contains("built in and also registered") == true)
  }
}
