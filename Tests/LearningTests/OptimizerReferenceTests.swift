import FileAccess
import Learning
import PipelineCore
import Testing

/// Compares optimizers and schedules with PyTorch; `Reference/make-reference.py` writes the
/// expected values.
@Suite("Optimizers and schedules agree with PyTorch")
struct OptimizerReferenceTests {
  private static func reference(_ name: String) throws -> JSONValue {
    let folder = Folder.split("\(#filePath)").folder
    let bytes = try InputFile.readAll(path: "\(folder)/Reference/\(name)", limit: 1 << 20)
    return try JSONValue.parse(bytes, file: name)
  }

  private static func numbers(_ json: JSONValue?) throws -> [Double] {
    try #require(json?.array).map { try #require($0.double) }
  }

  private static func settings(_ json: JSONValue, steps: Int, batch: Int) throws -> TrainingSettings
  {
    var settings = TrainingSettings()
    settings.epochs = steps
    settings.batch = batch
    settings.shard = 4
    settings.schedule = .constant
    settings.optimizer = try #require(
      json["optimizer"]?.string.flatMap(TrainingSettings.Optimizer.init))
    settings.learningRate = try #require(json["learningRate"]?.double)
    settings.momentum = json["momentum"]?.double ?? 0
    settings.nesterov = json["nesterov"]?.bool ?? false
    settings.weightDecay = json["weightDecay"]?.double ?? 0
    settings.clip = json["clip"]?.double ?? 0
    settings.clipValue = json["clipValue"]?.double ?? 0
    return settings
  }

  @Test("Every optimizer updates parameters and vectors like PyTorch's")
  func optimizers() throws {
    let file = try Self.reference("optimizers.json")
    let documents = try #require(file["documents"]?.array).map { document in
      try #require(document.array).map { Int32(try #require($0.integer)) }
    }
    let labels = try #require(file["labels"]?.array).map { try #require($0.integer) }
    let cases = try #require(file["cases"]?.array)
    #expect(cases.count == 13)
    for json in cases {
      let name = try #require(json["name"]?.string)
      let settings = try Self.settings(
        json, steps: try #require(file["steps"]?.integer), batch: documents.count)
      let start = SpringNetwork(
        parameters: try Self.numbers(json["parameters"]).map { Float($0) },
        vectors: try Self.numbers(json["vectors"]).map { Float($0) },
        vectorWidth: try #require(file["width"]?.integer))
      let task = TrainingTask(
        examples: examples(documents, labels: labels), settings: settings, threads: 2)
      var trainer = Trainer(start, task: task) { _ in nil }
      let weights = try trainer.fit(start).0.weights
      let distances = zip(weights.parameters + weights.vectors, try Self.numbers(json["trained"]))
        .map { (Double($0) - $1).magnitude }
      #expect(distances.count == 23)
      #expect(distances.allSatisfy { $0 <= 1e-5 }, "\(name): \(distances)")
    }
  }

  @Test("One cycle has the rates of PyTorch's `OneCycleLR`")
  func oneCycle() throws {
    for json in try #require(try Self.reference("schedules.json")["onecycle"]?.array) {
      var settings = TrainingSettings()
      settings.schedule = .onecycle
      settings.warmup = try #require(json["warmup"]?.double)
      let steps = try #require(json["steps"]?.integer)
      let rates = try Self.numbers(json["rates"])
      for step in 0..<steps {
        #expect((settings.rateFactor(step: step, of: steps) - rates[step]).magnitude < 1e-12)
      }
      if settings.warmup == 0.3 {
        settings.warmup = 0
        #expect((settings.rateFactor(step: 1, of: steps) - rates[1]).magnitude < 1e-12)
      }
    }
    var single = TrainingSettings()
    single.schedule = .onecycle
    for steps in 1...3 { #expect(single.rateFactor(step: 0, of: steps).isFinite) }
  }

  @Test("The plateau schedule lowers the rate when PyTorch's does")
  func plateau() throws {
    for json in try #require(try Self.reference("schedules.json")["plateau"]?.array) {
      let losses = try Self.numbers(json["losses"])
      let rates = try Self.numbers(json["rates"])
      var settings = TrainingSettings()
      settings.epochs = losses.count
      settings.batch = 4
      settings.shard = 4
      settings.optimizer = .sgd
      settings.momentum = 0
      settings.clip = 0
      settings.learningRate = 0.125
      settings.schedule = .plateau
      settings.plateauFactor = try #require(json["factor"]?.double)
      settings.plateauPatience = try #require(json["patience"]?.integer)
      settings.patience = 0
      // A spring pulled to 0 keeps `1 - rate` of its length in each step; an epoch has one step.
      let start = SpringNetwork(parameters: [1], vectors: [], vectorWidth: 0)
      var lengths = [1.0]
      let task = TrainingTask(
        examples: examples([[], [], [], []], labels: [0, 0, 0, 0]), settings: settings)
      var trainer = Trainer(start, task: task) { network in
        lengths.append(Double(network.weights.parameters[0]))
        return score(loss: losses[lengths.count - 2], accuracy: 0)
      }
      _ = try trainer.fit(start)
      for epoch in losses.indices {
        let rate = 1 - lengths[epoch + 1] / lengths[epoch]
        #expect((rate - 0.125 * rates[epoch]).magnitude < 1e-6, "epoch \(epoch)")
      }
    }
  }
}
