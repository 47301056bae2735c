/// A setting that keeps or drops something.
public enum KeepOrDrop: String, Sendable, CaseIterable {
  /// Keep it.
  case keep
  /// Drop it.
  case drop
}

/// A path in a setting, as written and resolved.
public struct FilePath: Sendable, Equatable {
  /// The path as the user wrote it, which is what a model records.
  public var written: String
  /// The path relative to the directory of the pipeline file, or to the working directory if it
  /// was given with `--set`.
  public var resolved: String

  /// Creates a path from both forms.
  public init(written: String, resolved: String) {
    self.written = written
    self.resolved = resolved
  }
}

/// A share of the existing data, or a separate file.
public enum ShareOrPath: Sendable, Equatable {
  /// A share of the whole, at most 1.
  case share(Double)
  /// The contents of a file.
  case file(FilePath)
}

/// The values that a setting can hold.
public enum SettingForm: Sendable, Equatable {
  /// A whole number.
  case integer(ClosedRange<Int>)
  /// A decimal number; `open` if the lower bound is excluded.
  case number(ClosedRange<Double>, open: Bool)
  /// `true` or `false`.
  case boolean
  /// One of these names.
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
  /// A scheme of class weights, or a mapping of labels to weights.
  case classWeights
  /// A program, or a list of a program and its arguments.
  case command
  /// A mapping with arbitrary keys and values.
  case mapping
}

/// One setting: its name, form and summary, and how to read it into `Root` and write it.
public struct Setting<Root: Sendable>: Sendable {
  /// The key in the pipeline file.
  public let name: String
  /// The values that it can hold.
  public let form: SettingForm
  /// Whether it is required.
  public let isRequired: Bool
  /// A one-line description with the unit.
  public let summary: String
  /// Reads the value into `Root`; returns what is wrong with it, if anything.
  let read: @Sendable (ConfigurationNode, PathBase, inout Root) -> ConfigurationFact?
  /// The values that `docket tune` tries, as written in a pipeline file; empty if it tries none.
  public private(set) var candidates: [String] = []
  /// Returns the value in `Root`.
  let write: @Sendable (Root) -> ConfigurationNode.Value
  /// Returns the files that the value in `Root` names.
  var files: @Sendable (Root) -> [FilePath] = { _ in [] }
  /// Reads and lists a section, or a setting that names a part; used instead of `read` and `form`
  /// if set.
  var partReader: PartReader<Root>?
}

/// Resolves a path written at a position: relative to the pipeline file, or to the working
/// directory for `--set`.
public typealias PathBase = @Sendable (_ path: String, InputPosition) -> FilePath

extension Setting {
  /// Returns the setting with values for `docket tune` to try, each as written in a pipeline file.
  ///
  /// Tune only settings that often matter, and only with values that can each be the best, because
  /// a search has few trials.
  public func tuned(over candidates: [String]) -> Setting {
    var setting = self
    setting.candidates = candidates
    return setting
  }

  /// Creates a setting that holds a whole number.
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

  /// Creates a setting that holds a decimal number.
  public static func number(
    _ name: String, _ path: any WritableKeyPath<Root, Double> & Sendable,
    _ range: ClosedRange<Double>, open: Bool = false, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .number(range, open: open), isRequired: false, summary: summary,
      read: { node, _, root in
        // Rejects `.nan`, `.inf`, `nan` and hexadecimal numbers.
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

  /// Creates a setting that holds a decimal number above a bound, or `nil` if it is not set.
  public static func number(
    _ name: String, _ path: any WritableKeyPath<Root, Double?> & Sendable,
    above range: ClosedRange<Double>, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .number(range, open: true), isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.plainScalar, text.isDecimalNumber, let value = Double(text) else {
          return .wrongType(key: name, expected: "a number", found: node.kind)
        }
        guard range.contains(value), value > range.lowerBound else {
          let allowed = "above \(range.lowerBound) and at most \(range.upperBound)"
          return .outOfRange(key: name, value: text, allowed: allowed)
        }
        root[keyPath: path] = value
        return nil
      },
      write: { root in root[keyPath: path].map { .scalar("\($0)", isPlain: true) } ?? .null })
  }

  /// Creates a setting that is `true` or `false`.
  public static func boolean(
    _ name: String, _ path: any WritableKeyPath<Root, Bool> & Sendable, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .boolean, isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.plainScalar, ["true", "false"].containsBytes(of: text) else {
          return .wrongType(key: name, expected: "true or false", found: node.kind)
        }
        root[keyPath: path] = text.hasBytes(of: "true")
        return nil
      },
      write: { .scalar($0[keyPath: path] ? "true" : "false", isPlain: true) })
  }

  /// Creates a setting that is one of the cases of an enum.
  public static func choice<Choice>(
    _ name: String, _ path: any WritableKeyPath<Root, Choice> & Sendable, _ summary: String
  ) -> Setting where Choice: RawRepresentable<String> & CaseIterable & Sendable {
    choice(name, summary, get: { $0[keyPath: path] }) { $0[keyPath: path] = $1 }
  }

  /// Creates a setting that is one of the cases of an enum, or `nil` if it is not set.
  public static func choice<Choice>(
    _ name: String, _ path: any WritableKeyPath<Root, Choice?> & Sendable, _ summary: String
  ) -> Setting where Choice: RawRepresentable<String> & CaseIterable & Sendable {
    choice(name, summary, get: { $0[keyPath: path] }) { $0[keyPath: path] = $1 }
  }

  private static func choice<Choice>(
    _ name: String, _ summary: String, get: @escaping @Sendable (Root) -> Choice?,
    set: @escaping @Sendable (inout Root, Choice) -> Void
  ) -> Setting where Choice: RawRepresentable<String> & CaseIterable & Sendable {
    let known = Choice.allCases.map(\.rawValue)
    return Setting(
      name: name, form: .choice(known), isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.scalar else {
          let expected = "one of " + known.joined(separator: ", ")
          return .wrongType(key: name, expected: expected, found: node.kind)
        }
        guard let value = Choice.named(text) else {
          return .unknownChoice(key: name, value: text, known: known)
        }
        set(&root, value)
        return nil
      },
      write: { root in get(root).map { .scalar($0.rawValue, isPlain: false) } ?? .null })
  }

  /// Creates a setting that holds any text; `no`, `010` and `12:30` are read as text.
  public static func text(
    _ name: String, _ path: any WritableKeyPath<Root, String> & Sendable, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .text, isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.scalar else {
          return .wrongType(key: name, expected: "text", found: node.kind)
        }
        root[keyPath: path] = text
        return nil
      },
      write: { .scalar($0[keyPath: path], isPlain: false) })
  }

  /// Creates a setting that holds one of many names, with alternative spellings, or `nil` if it is
  /// not set.
  ///
  /// - Parameters:
  ///   - known: the names, for messages.
  ///   - parse: returns the value for a name, or `nil` if the name is not known.
  ///   - describe: returns the name of a value.
  public static func named<Value: Sendable>(
    _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, known: [String],
    parse: @escaping @Sendable (String) -> Value?, describe: @escaping @Sendable (Value) -> String,
    _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .text, isRequired: false, summary: summary,
      read: { node, _, root in
        guard let text = node.scalar else {
          return .wrongType(key: name, expected: "a name", found: node.kind)
        }
        guard let value = parse(text) else {
          return .unknownChoice(key: name, value: text, known: known)
        }
        root[keyPath: path] = value
        return nil
      },
      write: { root in
        root[keyPath: path].map { .scalar(describe($0), isPlain: false) } ?? .null
      })
  }

  /// Creates a setting that names a file, or is `nil` if it is not set.
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
      }, files: { root in root[keyPath: path].map { [$0] } ?? [] })
  }

  /// Creates a setting that names a file or a list of files.
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
      }, files: { $0[keyPath: path] })
  }

  /// Creates a setting that holds a share of the whole or names a file; a quoted number is a file
  /// name.
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
      },
      files: { root in
        if case .file(let file) = root[keyPath: path] { [file] } else { [] }
      })
  }

  /// Creates a setting for a section that is off, or on with its own settings; `true` means on with
  /// the default settings.
  public static func section<Section: StageConfiguration>(
    _ name: String, _ path: any WritableKeyPath<Root, Section?> & Sendable, _ summary: String
  ) -> Setting {
    var setting = Setting(
      name: name, form: .section(Section.outline), isRequired: false, summary: summary,
      read: { _, _, _ in nil },
      write: { root in
        guard let section = root[keyPath: path] else { return .scalar("false", isPlain: true) }
        let place = InputPosition.option(name)
        return .mapping(
          section.written().filter { $0.value != .null }.map {
            .init(key: $0.name, position: place, value: ConfigurationNode($0.value, at: place))
          })
      }, files: { $0[keyPath: path]?.files ?? [] })
    setting.partReader = PartReader(form: { .section(Section.outline(parts: $0)) }) {
      node, base, parts, root, errors in
      switch node.value {
      case .scalar(let text, isPlain: true) where text.hasBytes(of: "true"):
        root[keyPath: path] = Section()
      case .scalar(let text, isPlain: true) where text.hasBytes(of: "false"):
        root[keyPath: path] = nil
      case .null: root[keyPath: path] = nil
      case .mapping:
        root[keyPath: path] = Section.read(
          from: node, owner: name, base: base, parts: parts, errors: &errors)
      default:
        let expected = "true, false or a mapping of settings"
        let fact = ConfigurationFact.wrongType(
          key: name, expected: expected, found: node.kind)
        errors.append(ConfigurationError(fact, at: node.position))
      }
    }
    return setting
  }
}

extension Setting {
  /// Returns the same setting for a configuration that contains this setting's configuration at
  /// `path`.
  public func embedded<Outer: Sendable>(
    at path: any WritableKeyPath<Outer, Root> & Sendable
  ) -> Setting<Outer> {
    let (read, write, files) = (read, write, files)
    var outer = Setting<Outer>(
      name: name, form: form, isRequired: isRequired, summary: summary,
      read: { node, base, root in read(node, base, &root[keyPath: path]) },
      write: { write($0[keyPath: path]) }, files: { files($0[keyPath: path]) })
    (outer.partReader, outer.candidates) = (partReader?.embedded(at: path), candidates)
    return outer
  }
}
