import Docket
import Foundation
import Synchronization

/// A model that is being served. Reloading replaces it; requests in progress keep the old model.
final class ServedModel: Sendable {
  /// The name in requests.
  let name: String
  /// The trained pipeline.
  let pipeline: TrainedPipeline
  /// The members to read from a JSON document.
  let members: DocumentMembers
  /// The SHA-256 of the file.
  let digest: String
  /// The time at which the file was read, in seconds since 1970.
  let loadedAt: Double

  /// Reads a model file.
  init(name: String, path: String, stages: StageRegistry) throws {
    self.name = name
    let bytes = try InputFile.readAll(path: path, limit: ModelArchive.sizeLimit)
    digest = SHA256Digest.hexadecimal(of: bytes)
    pipeline = try ModelArchive.decode(bytes, name: path, stages: stages)
    members = DocumentMembers(matching: pipeline.description.corpus)
    loadedAt = Date().timeIntervalSince1970
  }

  /// The description in `GET /models`.
  var json: JSONValue {
    .members([
      "name": .string(name), "sha256": .string(digest),
      "classifier": .string(pipeline.classifierName),
      "labels": .array(pipeline.labels.labels.map { .string("\($0)") }),
      "textMember": .string(members.text),
      "documentBytes": .integer(pipeline.description.limits.documentBytes),
    ])
  }
}

/// The name and the path of a model, from the command line.
struct ModelSource: Sendable, Equatable {
  var name: String
  var path: String

  /// Parses `NAME=path`, or a path; the name is then the file name without `.docket`.
  ///
  /// - Returns: `nil` if the name is empty or has a character that requires escaping in a URL.
  init?(_ argument: String) {
    if let sign = argument.firstIndex(of: "="), !argument[..<sign].contains("/") {
      name = String(argument[..<sign])
      path = String(argument[argument.index(after: sign)...])
    } else {
      path = argument
      let file = argument.split(separator: "/").last.map(String.init) ?? ""
      name = file.hasSuffix(".docket") ? String(file.dropLast(7)) : file
    }
    let isPlain = name.utf8.allSatisfy { byte in
      switch UInt8(byte) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard !name.isEmpty, !path.isEmpty, isPlain, !name.allSatisfy({ $0 == "." }) else { return nil }
  }
}

/// The models of a server, by name.
final class ModelSet: Sendable {
  private let sources: [ModelSource]
  private let stages: StageRegistry
  private let current: Mutex<[ServedModel]>

  /// Reads all models.
  ///
  /// - Throws: the error of the first model that cannot be read.
  init(_ sources: [ModelSource], stages: StageRegistry) throws {
    self.sources = sources
    self.stages = stages
    current = Mutex(
      try sources.map { try ServedModel(name: $0.name, path: $0.path, stages: stages) })
  }

  /// The models, in the order of the command line.
  var all: [ServedModel] { current.withLock { $0 } }

  /// Returns the model with this name; without a name, returns the only model.
  func model(named name: String?) throws(RequestError) -> ServedModel {
    let models = all
    guard let name else {
      if models.count == 1 { return models[0] }
      throw RequestError(.modelNotNamed(models.map(\.name)))
    }
    guard let model = models.first(where: { $0.name == name }) else {
      throw RequestError(.unknownModel(name, known: models.map(\.name)))
    }
    return model
  }

  /// Rereads all files. If a model cannot be read, the old one is kept.
  ///
  /// - Returns: the name of each model, with the new model or the error.
  func reload() -> [(name: String, result: Result<ServedModel, any Error>)] {
    sources.enumerated().map { number, source in
      let result = Result {
        try ServedModel(name: source.name, path: source.path, stages: stages)
      }
      if case .success(let model) = result { current.withLock { $0[number] = model } }
      return (source.name, result)
    }
  }
}
