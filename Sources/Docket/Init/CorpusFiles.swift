import FileAccess
import PipelineCore

/// The files of a corpus, found from one path.
struct CorpusFiles: Equatable {
  /// The training documents.
  var train: String
  /// The test documents, if found.
  var test: String?
  /// The documents used to select the best epoch, if found.
  var validation: String?

  /// Finds the files that belong to a path.
  ///
  /// - A folder that contains `train` (a folder, or a file with any extension) is a corpus in
  ///   several parts. `test`, and one of `validation`, `valid` and `dev`, are also used if present.
  /// - Any other folder is a corpus with one folder per label.
  /// - A file whose name contains `train` is used together with the files that have the same name
  ///   with `test`, and with `validation`, `valid` or `dev`, in place of `train`. Any other file is
  ///   used alone.
  ///
  /// - Parameter test: the test documents; `nil` to look for them.
  init(at path: String, test: String?) throws {
    try self.init(at: path)
    if let test { self.test = test }
  }

  private init(at path: String) throws {
    if try Folder.isFolder(path) {
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
    let place = folder == "." && !path.hasPrefix("./") ? "" : "\(folder)/"
    self.init(
      train: path, test: try Self.sibling(of: name, ["test"], in: place),
      validation: try Self.sibling(of: name, ["validation", "valid", "dev"], in: place))
  }

  private init(train: String, test: String?, validation: String?) {
    self.train = train
    self.test = test
    self.validation = validation
  }

  /// Returns the first name that is one of `stems`, with or without an extension.
  private static func part(_ stems: [String], among names: [String]) -> String? {
    for stem in stems {
      if let name = names.first(where: {
        $0.utf8.elementsEqual(stem.utf8) || $0.utf8.starts(with: "\(stem).".utf8)
      }) {
        return name
      }
    }
    return nil
  }

  /// Returns the path of the file that has one of `words` in place of `train`, with or without
  /// `.gz`. The folder need not be readable, so each file is looked up by its name.
  ///
  /// - Parameter place: the start of the path, up to the name.
  /// - Throws: `FileError` if the system cannot determine whether a file exists.
  private static func sibling(
    of name: String, _ words: [String], in place: String
  ) throws -> String? {
    guard let range = name.firstRange(of: "train") else { return nil }
    for word in words {
      let exact = name[..<range.lowerBound] + word + name[range.upperBound...]
      let other = exact.hasSuffix(".gz") ? exact.dropLast(3) : exact + ".gz"
      for path in ["\(place)\(exact)", "\(place)\(other)"] where try Folder.isPresent(path) {
        return path
      }
    }
    return nil
  }
}
