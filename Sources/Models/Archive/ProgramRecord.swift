import FileAccess
import PipelineCore
import PipelineFiles

/// The files of external programs in the metadata of a model: an array with, for each stage that
/// runs a program, an array of `{"argument": 0, "path": "...", "sha256": "..."}`.
enum ProgramRecord {
  /// Returns the record of a pipeline; `nil` if it runs no programs.
  ///
  /// - Throws: any error from finding or reading the programs.
  static func text(of description: PipelineDescription) throws -> String? {
    let stages = description.programStages
    guard !stages.isEmpty else { return nil }
    let lists = try stages.map { stage in
      JSONValue.array(
        try stage.programFiles().map { file in
          .members([
            "argument": .integer(file.argument), "path": .string(file.path),
            "sha256": .string(file.sha256),
          ])
        })
    }
    return JSONValue.array(lists).text()
  }

  /// Assigns the recorded files to the stages of a model. If programs may be run, checks that they
  /// have not changed.
  ///
  /// - Throws: `ModelError`; any error from finding or reading the programs.
  static func restore(
    _ text: String?, in description: inout PipelineDescription, name: String
  ) throws {
    guard !description.programStages.isEmpty else { return }
    let record = text.flatMap { try? JSONValue.parse(Array($0.utf8), file: name) }
    var lists = (record?.array ?? []).map(files).makeIterator()
    let folder = Folder.split(name).folder
    let access = description.stages.programAccess
    try description.replaceProgramStages { stage in
      guard let files = lists.next() ?? nil, !files.isEmpty else {
        throw ModelError(.damaged("its record of external programs is not valid"), at: .file(name))
      }
      let stage = stage.with(recorded: files, folder: folder)
      if access == .allowed(changed: false), type(of: stage).runsInModels,
        let path = try stage.changedProgramFile()
      {
        throw ModelError(.programChanged(path: path), at: .file(name))
      }
      return stage
    }
    try description.startPrograms()
  }

  private static func files(_ json: JSONValue) -> [ProgramFile]? {
    guard let items = json.array else { return nil }
    let files = items.compactMap { item -> ProgramFile? in
      guard let argument = item["argument"]?.integer, argument >= 0,
        let path = item["path"]?.string, let sha256 = item["sha256"]?.string
      else { return nil }
      return ProgramFile(argument: argument, path: path, sha256: sha256)
    }
    return files.count == items.count ? files : nil
  }
}

extension PipelineDescription {
  /// Returns the SHA-256 of each file of the external programs as a section of a resolved text, so
  /// that training runs with different programs differ; empty if there are none.
  ///
  /// - Throws: any error from finding or reading the programs.
  package func programText() throws -> String {
    let files = try programStages.flatMap { try $0.programFiles() }
    guard !files.isEmpty else { return "" }
    return "programs:\n" + files.enumerated().map { "  \($0): \($1.sha256)\n" }.joined()
  }
}

extension ConfigurationError {
  /// Whether the error is that the pipeline runs an external program without permission.
  var isProgramNotAllowed: Bool {
    if case .programNotAllowed = fact { true } else { false }
  }
}
