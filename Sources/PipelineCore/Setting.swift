/// The settings of a stage or section: a plain struct whose initial values are the defaults, and a
/// list that says what each setting is called, may hold and means.
///
/// One list serves for reading (all errors at once, unknown keys with the nearest right name), for
/// writing a configuration down again, and for `docket stages`, so these can never disagree; that
/// is why it takes the place of `Codable`, which stops at the first error and lets unknown keys by.
public protocol StageConfiguration: Sendable, Equatable {
  /// All defaults.
  init()
  /// Every setting, in the order in which people should read them.
  static var settings: [Setting<Self>] { get }
  /// A sentence for each pair of settings that do not go together. Ranges of single settings are
  /// checked already.
  func conflicts() -> [String]
}

extension StageConfiguration {
  /// Most settings stand alone.
  public func conflicts() -> [String] { [] }
}

/// The settings of a stage that has none.
public struct NoSettings: StageConfiguration {
  /// Nothing to set.
  public init() {}
  /// None.
  public static var settings: [Setting<NoSettings>] { [] }
}

/// A setting that keeps or drops something.
public enum KeepOrDrop: String, Sendable, CaseIterable {
  /// Keep it.
  case keep
  /// Drop it.
  case drop
}

/// A file that a setting names: as it was written, and where it is.
public struct FilePath: Sendable, Equatable {
  /// As the user wrote it; this is what a model records.
  public var written: String
  /// Relative to the pipeline file, or to the working directory if it came by `--set`.
  public var resolved: String

  /// A path as written and where it leads.
  public init(written: String, resolved: String) {
    self.written = written
    self.resolved = resolved
  }
}

/// A part of what there is, or something of its own.
public enum ShareOrPath: Sendable, Equatable {
  /// This share of the whole, at most 1.
  case share(Double)
  /// What this file holds.
  case file(FilePath)
}

/// What a setting may hold.
public enum SettingForm: Sendable, Equatable {
  /// A whole number.
  case integer(ClosedRange<Int>)
  /// A decimal number; `open` when the lower bound itself is not allowed.
  case number(ClosedRange<Double>, open: Bool)
  /// `true` or `false`.
  case boolean
  /// One of these words.
  case choice([String])
  /// Any text.
  case text
  /// A file.
  case path
  /// A file or a list of files.
  case paths
  /// A share of the whole, or a file.
  case shareOrPath(ClosedRange<Double>)
  /// `true` or `false`, or a mapping of these settings.
  case section([SettingOutline])
  /// A way to weigh labels, or a weight for each of some.
  case classWeights
}

/// One setting: its name, what it may hold, what it means, and how it gets in and out of `Root`.
public struct Setting<Root: Sendable>: Sendable {
  /// The key in the pipeline file.
  public let name: String
  /// What it may hold.
  public let form: SettingForm
  /// Whether it must be given.
  public let isRequired: Bool
  /// One sentence, with the unit.
  public let summary: String
  let read: @Sendable (ConfigurationNode, PathBase, inout Root) -> ConfigurationError.Fact?
  let write: @Sendable (Root) -> ConfigurationNode.Value
  /// Takes the place of `read` where settings stand within the setting.
  var readSection: ReadSection?

  /// Reads a mapping; what is wrong in it is added to the errors with its place.
  typealias ReadSection =
    @Sendable (ConfigurationNode, PathBase, inout Root, inout [ConfigurationError]) -> Void
}

/// Resolves a path that stands at a position: `--set` counts from the working directory.
public typealias PathBase = @Sendable (_ path: String, InputPosition) -> FilePath

extension Setting {
  /// A setting that holds a whole number.
  public static func integer(
    _ name: String, _ path: any WritableKeyPath<Root, Int> & Sendable, _ range: ClosedRange<Int>,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .integer(range), isRequired: false, summary: summary,
      read: { node, _, root in
        let expected = "a whole number"
        guard let text = node.plainScalar, text.isDecimalInteger else {
          return .wrongType(key: name, expected: expected, found: node.kind)
        }
        guard let value = Int(text), range.contains(value) else {
          let allowed = "between \(range.lowerBound) and \(range.upperBound)"
          return .outOfRange(key: name, value: text, allowed: allowed)
        }
        root[keyPath: path] = value
        return nil
      },
      write: { .scalar(String($0[keyPath: path]), isPlain: true) })
  }

  /// A setting that holds a decimal number.
  public static func number(
    _ name: String, _ path: any WritableKeyPath<Root, Double> & Sendable,
    _ range: ClosedRange<Double>, open: Bool = false, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .number(range, open: open), isRequired: false, summary: summary,
      read: { node, _, root in
        // `.nan`, `.inf`, `nan` and hexadecimal numbers are no numbers here.
        guard let text = node.plainScalar, text.isDecimalNumber, let value = Double(text) else {
          return .wrongType(key: name, expected: "a number", found: node.kind)
        }
        guard range.contains(value), !(open && value == range.lowerBound) else {
          let lower = open ? "above \(range.lowerBound)" : "at least \(range.lowerBound)"
          let allowed = "\(lower) and at most \(range.upperBound)"
          return .outOfRange(key: name, value: text, allowed: allowed)
        }
        root[keyPath: path] = value
        return nil
      },
      write: { .scalar("\($0[keyPath: path])", isPlain: true) })
  }

  /// A setting that is `true` or `false`.
  public static func boolean(
    _ name: String, _ path: any WritableKeyPath<Root, Bool> & Sendable, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .boolean, isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.plainScalar, text == "true" || text == "false" else {
          return .wrongType(key: name, expected: "true or false", found: node.kind)
        }
        root[keyPath: path] = text == "true"
        return nil
      },
      write: { .scalar($0[keyPath: path] ? "true" : "false", isPlain: true) })
  }

  /// A setting that is one of the cases of an enum.
  public static func choice<Choice>(
    _ name: String, _ path: any WritableKeyPath<Root, Choice> & Sendable, _ summary: String
  ) -> Setting where Choice: RawRepresentable<String> & CaseIterable & Sendable {
    let known = Choice.allCases.map(\.rawValue)
    return Setting(
      name: name, form: .choice(known), isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.scalar else {
          let expected = "one of " + known.joined(separator: ", ")
          return .wrongType(key: name, expected: expected, found: node.kind)
        }
        guard let value = Choice(rawValue: text) else {
          return .unknownChoice(key: name, value: text, known: known)
        }
        root[keyPath: path] = value
        return nil
      },
      write: { .scalar($0[keyPath: path].rawValue, isPlain: false) })
  }

  /// A setting that holds any text: `no`, `010` and `12:30` stay what they look like.
  public static func text(
    _ name: String, _ path: any WritableKeyPath<Root, String> & Sendable, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .text, isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.scalar else {
          return .wrongType(key: name, expected: "a text", found: node.kind)
        }
        root[keyPath: path] = text
        return nil
      },
      write: { .scalar($0[keyPath: path], isPlain: false) })
  }

  /// A setting that names a file; `nil` when it was not given.
  public static func path(
    _ name: String, _ path: any WritableKeyPath<Root, FilePath?> & Sendable, required: Bool,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .path, isRequired: required, summary: summary,
      read: { node, base, root in
        guard let text = node.scalar, !text.isEmpty else {
          return .wrongType(key: name, expected: "a file name", found: node.kind)
        }
        root[keyPath: path] = base(text, node.position)
        return nil
      },
      write: { root in
        root[keyPath: path].map { .scalar($0.written, isPlain: false) } ?? .null
      })
  }

  /// A setting that names a file or a list of files.
  public static func paths(
    _ name: String, _ path: any WritableKeyPath<Root, [FilePath]> & Sendable, required: Bool,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .paths, isRequired: required, summary: summary,
      read: { node, base, root in
        let nodes = if case .sequence(let items) = node.value { items } else { [node] }
        var found: [FilePath] = []
        for item in nodes {
          guard let text = item.scalar, !text.isEmpty else {
            let expected = "a file name or a list of file names"
            return .wrongType(key: name, expected: expected, found: item.kind)
          }
          found.append(base(text, item.position))
        }
        guard !found.isEmpty else {
          return .wrongType(key: name, expected: "at least one file name", found: "an empty list")
        }
        root[keyPath: path] = found
        return nil
      },
      write: { root in
        let items = root[keyPath: path].map { file in
          ConfigurationNode(.scalar(file.written, isPlain: false), at: .option(name))
        }
        return items.isEmpty ? .null : .sequence(items)
      })
  }

  /// A setting that holds a share of the whole, or names a file; a quoted number names a file.
  public static func shareOrPath(
    _ name: String, _ path: any WritableKeyPath<Root, ShareOrPath> & Sendable,
    _ range: ClosedRange<Double>, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .shareOrPath(range), isRequired: false, summary: summary,
      read: { node, base, root in
        if let text = node.plainScalar, text.isDecimalNumber, let share = Double(text) {
          guard range.contains(share) else {
            let allowed = "between \(range.lowerBound) and \(range.upperBound)"
            return .outOfRange(key: name, value: text, allowed: allowed)
          }
          root[keyPath: path] = .share(share)
        } else if let text = node.scalar, !text.isEmpty {
          root[keyPath: path] = .file(base(text, node.position))
        } else {
          return .wrongType(key: name, expected: "a share or a file name", found: node.kind)
        }
        return nil
      },
      write: { root in
        switch root[keyPath: path] {
        case .share(let share): .scalar("\(share)", isPlain: true)
        case .file(let file): .scalar(file.written, isPlain: false)
        }
      })
  }
}
