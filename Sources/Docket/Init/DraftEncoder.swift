import Models
package import PipelineCore
import PipelineFiles

/// A trained model whose layers and vectors a drafted pipeline starts from.
package struct DraftEncoder: Sendable {
  /// The model file.
  let path: String
  /// The classifier stage of the model.
  let classifier: String
  /// The settings of the classifier that differ from the defaults, as lines of YAML.
  let settings: [String]
  /// The width of the word vectors.
  let dimensions: Int

  /// Reads a model.
  ///
  /// - Returns: `nil` if the classifier of the model has no layers that another model can start
  ///   from.
  /// - Throws: `ModelError`, `FileError`.
  package init?(model path: String, stages: StageRegistry) throws {
    let model = try ModelArchive.read(path, stages: stages)
    let classifier = model.description.classifier
    guard classifier is any EncoderStage, let table = model.model.embedding else { return nil }
    self.path = path
    self.classifier = type(of: classifier).stageName
    func changed(_ classifier: some Classifier) -> [String] {
      let names = classifier.changedSettings
      return classifier.configuration.written()
        .filter { names.contains($0.name) && $0.name != "encoder" && $0.value != .null }
        .map { ResolvedTextWriter.entry($0) }
    }
    settings = changed(classifier)
    dimensions = table.dimensions
  }
}
