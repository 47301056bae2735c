import FileAccess

/// The files of a corpus, found from the one path that somebody names.
struct CorpusFiles: Equatable {
  /// What to learn from.
  var train: String
  /// What to evaluate with, if it lies beside.
  var test: String?
  /// What to choose the best epoch by, if it lies beside.
  var validation: String?

  /// Looks at a path.
  ///
  /// - A folder that holds `train` (a folder, or a file with any ending) is a corpus in parts; `test`
  ///   and `validation`, `valid` or `dev` are looked for beside it.
  /// - Any other folder is one with a folder a label.
  /// - A file whose name holds `train` has its `test` and `validation` beside it under the same name
  ///   with these words; any other file stands alone.
  init(at path: String) throws {
    if Folder.exists(path) {
      let names = try Folder.names(in: path)
      guard let train = Self.part(["train"], among: names) else {
        self.init(train: path, test: nil, validation: nil)
        return
      }
      let place = { (name: String) in path.hasSuffix("/") ? path + name : "\(path)/\(name)" }
      self.init(
        train: place(train), test: Self.part(["test"], among: names).map(place),
        validation: Self.part(["validation", "valid", "dev"], among: names).map(place))
      return
    }
    let (folder, name) = Folder.split(path)
    let names = (try? Folder.names(in: folder)) ?? []
    let place = { (name: String) in
      folder == "." && !path.hasPrefix("./") ? name : "\(folder)/\(name)"
    }
    self.init(
      train: path, test: Self.sibling(of: name, ["test"], among: names).map(place),
      validation: Self.sibling(of: name, ["validation", "valid", "dev"], among: names).map(place))
  }

  private init(train: String, test: String?, validation: String?) {
    self.train = train
    self.test = test
    self.validation = validation
  }

  /// The first name that is one of `stems` before its endings.
  private static func part(_ stems: [String], among names: [String]) -> String? {
    for stem in stems {
      if let name = names.first(where: { $0 == stem || $0.hasPrefix("\(stem).") }) { return name }
    }
    return nil
  }

  /// The name that `name` becomes with one of `words` for `train`, packed or not.
  private static func sibling(
    of name: String, _ words: [String], among names: [String]
  ) -> String? {
    guard let range = name.firstRange(of: "train") else { return nil }
    for word in words {
      let plain = name[..<range.lowerBound] + word + name[range.upperBound...]
      let packed = plain.hasSuffix(".gz") ? plain.dropLast(3) : plain + ".gz"
      if let found = [String(plain), String(packed)].first(where: names.contains) { return found }
    }
    return nil
  }
}
