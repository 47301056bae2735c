package import PipelineCore

extension PipelineDescription {
  /// The stages that run external programs, in the order of the pipeline.
  package var programStages: [any ProgramStage] {
    let stages: [any Stage] = normalizers + [tokenizer] + (embedding?.parts ?? []) + [classifier]
    return stages.compactMap { $0 as? any ProgramStage }
  }

  /// Replaces each stage that runs an external program, in the order of the pipeline.
  package mutating func replaceProgramStages(
    _ body: (any ProgramStage) throws -> any ProgramStage
  ) rethrows {
    func replaced<S>(_ stage: S) throws -> S {
      guard let program = stage as? any ProgramStage else { return stage }
      guard let new = try body(program) as? S else {
        preconditionFailure("a stage was replaced by one with another role")
      }
      return new
    }
    normalizers = try normalizers.map { try replaced($0) }
    tokenizer = try replaced(tokenizer)
    if let embedding {
      self.embedding = JoinedEmbedding(try embedding.parts.map { try replaced($0) })
    }
    classifier = try replaced(classifier)
  }

  /// Starts a process for each normalizer or tokenizer that is an external program, so that a
  /// program that cannot run is reported as an error in the pipeline, not in a document.
  ///
  /// - Throws: a `DiagnosableError` if a program cannot be started.
  package func startPrograms() throws {
    guard case .allowed = stages.programAccess else { return }
    for stage in normalizers as [any Stage] + [tokenizer] {
      try (stage as? any ProgramStage)?.startProgram()
    }
  }
}
