import Messages
import PipelineCore

/// Settings in a pipeline file that an override excludes, such as `corpus.testShare` after
/// `--set corpus.test=FILE`. They are removed with a note. If both settings are in the file, or
/// both in overrides, they conflict.
struct ReplacedSettings {
  /// Two settings; overriding the first excludes the second.
  private struct Rule {
    /// The keys of the first setting.
    var winner: [String]
    /// Whether the value of the first setting excludes the second.
    var excludes: (ConfigurationNode) -> Bool
    /// The keys of the second setting.
    var loser: [String]
  }

  /// A note about each setting that was removed.
  private(set) var notes: [Finding] = []
  private var root: ConfigurationNode

  /// Removes settings that the overrides in `root` exclude.
  static func remove(from root: inout ConfigurationNode, stages: StageRegistry) -> [Finding] {
    var settings = ReplacedSettings(root: root)
    settings.apply(stages)
    root = settings.root
    return settings.notes
  }

  private init(root: ConfigurationNode) { self.root = root }

  private mutating func apply(_ stages: StageRegistry) {
    let isZero = { (node: ConfigurationNode) in
      node.plainScalar.flatMap { $0.isDecimalNumber ? Double($0) : nil } == 0
    }
    let rules = [
      Rule(winner: ["corpus", "test"], excludes: { _ in true }, loser: ["corpus", "testShare"]),
      Rule(
        winner: ["corpus", "testShare"], excludes: { !isZero($0) }, loser: ["corpus", "test"]),
      Rule(
        winner: ["training", "optimizer"],
        excludes: { $0.scalar.map { !$0.hasBytes(of: "sgd") } ?? false },
        loser: ["training", "nesterov"]),
      Rule(winner: ["training", "momentum"], excludes: isZero, loser: ["training", "nesterov"]),
      Rule(
        winner: ["classifier", "layers"],
        excludes: { $0.scalar?.hasBytes(of: "1") == true },
        loser: ["classifier", "layerDropout"]),
    ]
    for rule in rules {
      guard let winner = root[rule.winner], winner.isFromOption, rule.excludes(winner) else {
        continue
      }
      remove(rule.loser, because: winner)
    }
    removeEmbedding(stages)
  }

  /// Removes the embedding if an override names a classifier that reads tokens.
  private mutating func removeEmbedding(_ stages: StageRegistry) {
    guard let classifier = root["classifier"] else { return }
    let name = classifier["stage"] ?? classifier
    guard name.isFromOption, let text = name.scalar,
      let type = stages.classifier(named: text), type.input == .tokens
    else { return }
    if remove(["embedding"], because: name) { remove(["normalize"], because: name) }
  }

  /// Removes a setting from the file.
  ///
  /// - Returns: `false` if there is none, or if an override sets it too.
  @discardableResult
  private mutating func remove(_ keys: [String], because winner: ConfigurationNode) -> Bool {
    guard let node = root[keys], node.value != .null, !node.isFromOption else { return false }
    root.remove(keys[...])
    notes.append(
      Finding(
        .note, "replaced-setting", at: node.position,
        "\(keys.joined(separator: ".")) is ignored: it cannot be combined with \(winner.position)"))
    return true
  }
}

extension ConfigurationNode {
  /// Whether the command line sets the value or a part of it.
  fileprivate var isFromOption: Bool {
    if case .option = position { return true }
    return switch value {
    case .null, .scalar: false
    case .sequence(let items): items.contains { $0.isFromOption }
    case .mapping(let entries): entries.contains { $0.value.isFromOption }
    }
  }

  /// The value at a path of keys.
  fileprivate subscript(keys: [String]) -> ConfigurationNode? {
    keys.reduce(Optional(self)) { node, key in node?[key] }
  }

  /// Removes the value at a path of keys.
  fileprivate mutating func remove(_ keys: ArraySlice<String>) {
    guard case .mapping(var entries) = value, let key = keys.first,
      let index = entries.firstIndex(where: { $0.key.hasBytes(of: key) })
    else { return }
    if keys.count == 1 {
      entries.remove(at: index)
    } else {
      entries[index].value.remove(keys.dropFirst())
    }
    value = .mapping(entries)
  }
}
