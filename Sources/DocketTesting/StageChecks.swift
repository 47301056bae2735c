import PipelineCore

extension StageConformance {
  /// Checks the requirements of all roles: the name, the settings, and the word list.
  static func checkStage<S: Stage>(_ stage: S, _ faults: inout FaultList) {
    let name = S.stageName
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isVersioned =
      parts.count >= 2 && !parts.contains(where: \.isEmpty)
      && parts[parts.count - 1].first == UInt8(ascii: "v")
      && (Int(String(decoding: parts[parts.count - 1].dropFirst(), as: UTF8.self)) ?? 0) > 0
    faults.require(
      isVersioned && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, .name,
      "\(name.debugDescription) is not a name with a version, such as words.v1")
    faults.require(
      isLine(S.summary), .name, "the summary is not one line: \(S.summary.debugDescription)")
    checkSettings(stage, &faults)
    if let list = stage as? any WordListStage { checkWords(list, &faults) }
  }

  /// Returns whether a text is a single line that is not blank.
  static func isLine(_ text: String) -> Bool {
    !text.allSatisfy(\.isWhitespace) && !text.contains(where: \.isNewline)
  }

  /// Checks that a stage keeps a word list that it is given, and its settings.
  private static func checkWords(_ stage: some WordListStage, _ faults: inout FaultList) {
    var words = stage.words
    // A stage may ignore words that it cannot use.
    for word in ["conform", "\u{645}\u{6cc}", "\u{4e2d}\u{56fd}"] {
      words.insert(Array(word.utf8))
    }
    let changed = stage.with(words: words)
    faults.require(changed.words.count > 0, .words, "with(words:) gives no words")
    faults.require(
      changed.with(words: changed.words).words == changed.words, .words,
      "with(words:) loses words that the stage had")
    faults.require(
      changed.configuration == stage.configuration, .words, "with(words:) changes the settings")
  }

  /// Calls `body` with each number below `count` on eight threads simultaneously, twice.
  static func checkConcurrency(
    count: Int, _ names: [String], _ faults: inout FaultList,
    _ body: @Sendable (Int) -> Bool
  ) {
    guard count > 0 else { return }
    let isSame = Shards.map(count: 2 * count, threads: 8) { body($0 % count) }
    if let number = isSame.firstIndex(of: false) {
      faults.add(
        .concurrency, "\(quoted(names[number % count])): the result differs on several threads")
    }
  }
}

// MARK: - Settings

extension StageConformance {
  private static func checkSettings<S: Stage>(_ stage: S, _ faults: inout FaultList) {
    typealias Configuration = S.Configuration
    let outline = Configuration.outline
    for setting in outline {
      let count = outline.count { $0.name == setting.name }
      faults.require(count == 1, .settings, "two settings are called \(setting.name)")
      faults.require(
        isLine(setting.summary), .settings, "the summary of \(setting.name) is not one line")
    }
    guard let own = completed(stage.configuration) else { return }
    faults.require(
      read(own.written().map { ($0.name, $0.value) }, like: own) == own, .settings,
      "writing the settings and reading them back changes them")
    for setting in outline { checkSetting(setting, of: own, S.self, &faults) }
  }

  /// Tries all values that the form of a setting suggests, and checks that each is unchanged after
  /// writing and reading.
  private static func checkSetting<S: Stage>(
    _ setting: SettingOutline, of own: S.Configuration, _ type: S.Type, _ faults: inout FaultList
  ) {
    let others = own.written().filter { $0.name != setting.name }
    var seen: [(value: String, configuration: S.Configuration)] = []
    for value in values(for: setting.form) {
      let given = others.map { ($0.name, $0.value) } + [(setting.name, value)]
      // A value that conflicts with other settings cannot be tried.
      guard let changed = read(given, like: own) else { continue }
      faults.require(
        S(configuration: changed).configuration == changed, .settings,
        "\(setting.name): the stage does not keep \(text(value))")
      let written = changed.written()
      faults.require(
        read(written.map { ($0.name, $0.value) }, like: own) == changed, .settings,
        "\(setting.name): \(text(value)) is not the same after writing and reading")
      let touched = zip(written, own.written()).first { new, old in
        new.name != setting.name && new.value != old.value
      }
      if let touched {
        faults.add(
          .settings, "\(setting.name): \(text(value)) also changes \(touched.0.name)")
      }
      if let same = seen.first(where: { $0.configuration == changed }) {
        faults.add(
          .settings, "\(setting.name) is the same for \(same.value) and for \(text(value))")
      }
      seen.append((text(value), changed))
    }
  }

  /// Returns the configuration with a value for each required setting that has none, such as the
  /// file of a word list that the test passes directly; `nil` if these values are rejected.
  private static func completed<Configuration: StageConfiguration>(
    _ own: Configuration
  ) -> Configuration? {
    let written = own.written()
    let missing = Configuration.outline.filter { setting in
      setting.isRequired && written.contains { $0.name == setting.name && $0.value == .null }
    }
    guard !missing.isEmpty else { return own }
    let samples = missing.compactMap { setting in
      values(for: setting.form).first.map { (setting.name, $0) }
    }
    return read(written.map { ($0.name, $0.value) } + samples, like: own)
  }

  /// Returns the configuration with these settings; `nil` if any is rejected.
  private static func read<Configuration: StageConfiguration>(
    _ settings: [(String, ConfigurationNode.Value)], like own: Configuration
  ) -> Configuration? {
    let place = InputPosition.file("settings")
    let node = ConfigurationNode(
      .mapping(
        settings.filter { $0.1 != .null }.map {
          .init(key: $0.0, position: place, value: ConfigurationNode($0.1, at: place))
        }), at: place)
    let files = own.files
    var errors: [ConfigurationError] = []
    let configuration = Configuration.read(
      from: node, owner: "stage",
      base: { path, _ in
        files.first { $0.written == path } ?? FilePath(written: path, resolved: path)
      }, errors: &errors)
    return errors.isEmpty ? configuration : nil
  }

  /// Returns different values for a form; empty if no values are obvious.
  private static func values(for form: SettingForm) -> [ConfigurationNode.Value] {
    switch form {
    case .integer(let range):
      let middle = range.lowerBound + (range.upperBound &- range.lowerBound) / 2
      return Set([range.lowerBound, middle, range.upperBound]).sorted().map {
        .scalar("\($0)", isPlain: true)
      }
    case .number(let range, let open):
      let middle = (range.lowerBound + range.upperBound) / 2
      let ends = range.lowerBound < range.upperBound ? [middle, range.upperBound] : [middle]
      return ((open ? [] : [range.lowerBound]) + ends.filter { $0 != range.lowerBound })
        .map { .scalar("\($0)", isPlain: true) }
    case .boolean:
      return [.scalar("true", isPlain: true), .scalar("false", isPlain: true)]
    case .choice(let names): return names.map { .scalar($0, isPlain: false) }
    case .text, .path:
      return [.scalar("one", isPlain: false), .scalar("\u{645}:\"\\", isPlain: false)]
    case .paths:
      let place = InputPosition.file("settings")
      let paths = ["one", "two"].map { ConfigurationNode(.scalar($0, isPlain: false), at: place) }
      return [.scalar("one", isPlain: false), .sequence(paths)]
    case .command:
      let place = InputPosition.file("settings")
      let words = ["one", "two"].map { ConfigurationNode(.scalar($0, isPlain: false), at: place) }
      return [.sequence(words)]
    case .mapping: return [.mapping([])]
    case .shareOrPath: return [.scalar("file", isPlain: false)]
    case .section, .classWeights: return []
    }
  }

  private static func text(_ value: ConfigurationNode.Value) -> String {
    switch value {
    case .scalar(let text, _): text.debugDescription
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .null: "null"
    }
  }
}
