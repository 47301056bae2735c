import Foundation
import Testing

/// Training with `mpirun` on this machine.
@Suite("Training over MPI", .serialized, .enabled(if: Job.mpirun != nil, "mpirun is not installed"))
struct TrainingTests {
  private static let pipelines = ["bilstm.yaml", "recurrent.yaml"]

  @Test("The model has the bytes of docket train for any number of ranks and threads")
  func sameBytes() throws {
    let folder = try TestFolder()
    for pipeline in Self.pipelines {
      let alone = try Job.trainAlone([pipeline, "--output", "alone.docket"], in: folder)
      #expect(alone.exitCode == 0)
      let digest = try #require(alone.digest)
      for ranks in 1...4 {
        for threads in 1...2 {
          let outcome = try Job.train(
            ranks, [pipeline, "--output", "model.docket", "--threads", "\(threads)"], in: folder)
          #expect(outcome.exitCode == 0, "\(outcome.errors)")
          #expect(outcome.digest == digest, "\(pipeline), \(ranks) ranks, \(threads) threads")
          #expect(folder.bytes("model.docket") == folder.bytes("alone.docket"))
          // Only rank 0 prints.
          #expect(outcome.errors.components(separatedBy: "epoch 3/3").count == 2)
        }
      }
      // Checks that the vectors are trained; otherwise, no rows would have been sent.
      let other = try Job.trainAlone(
        [pipeline, "--set", "embedding.tune=false", "--output", "other.docket"], in: folder)
      #expect(other.digest != nil && other.digest != digest)
    }
  }

  @Test("More ranks than shards, and shards that ranks cannot divide evenly, change nothing")
  func unevenShards() throws {
    let folder = try TestFolder()
    for (batch, shard) in [(16, 16), (7, 2)] {
      let settings = [
        "bilstm.yaml", "--set", "training.batch=\(batch)", "--set", "training.shard=\(shard)",
      ]
      let alone = try Job.trainAlone(settings + ["--output", "alone.docket"], in: folder)
      let outcome = try Job.train(3, settings + ["--output", "model.docket"], in: folder)
      #expect(outcome.digest != nil && outcome.digest == alone.digest)
    }
  }

  @Test(
    "A killed rank ends the job; its last checkpoint resumes with other ranks to the same bytes")
  func killedRank() throws {
    let folder = try TestFolder()
    let settings = ["bilstm.yaml", "--set", "training.epochs=150"]
    let alone = try Job.trainAlone(settings + ["--output", "alone.docket"], in: folder)
    let digest = try #require(alone.digest)
    for (victim, ranks) in [(0, 2), (2, 4)] {
      let name = "killed-\(victim)"
      let model = settings + ["--output", "\(name).docket", "--threads", "1"]
      let job = try Job.start([(3, model)], in: folder)
      try job.wait(for: "epoch 3/150")
      let children = job.children
      #expect(children.count == 3)
      kill(children[victim], SIGKILL)
      let outcome = job.end()
      #expect(outcome.exitCode != 0)
      #expect(outcome.errors.contains("rank \(victim)"), "\(outcome.errors)")
      #expect(outcome.errors.contains("signal 9"), "\(outcome.errors)")
      #expect(outcome.digest == nil && folder.bytes("\(name).docket") == nil)
      #expect(folder.names(in: "\(name).checkpoints").contains { $0.hasSuffix(".checkpoint") })
      let resumed = try Job.train(ranks, model + ["--resume"], in: folder)
      #expect(resumed.errors.contains("resuming from epoch"), "\(resumed.errors)")
      let warnings = resumed.errors.split(separator: "\n").filter { $0.contains("warning") }
      #expect(!warnings.contains { $0.contains("checkpoint") }, "\(warnings)")
      #expect(resumed.digest == digest)
      #expect(folder.names(in: "\(name).checkpoints").isEmpty)
    }
  }

  @Test("SIGTERM to one rank stops all ranks at a step and saves it; docket train resumes from it")
  func interruption() throws {
    let folder = try TestFolder()
    let model = [
      "recurrent.yaml", "--set", "training.epochs=150", "--output", "model.docket", "--threads",
      "1",
    ]
    let job = try Job.start([(2, model)], in: folder)
    try job.wait(for: "epoch 2/150")
    kill(try #require(job.children.first), SIGTERM)
    #expect(job.end().exitCode != 0)
    let resumed = try Job.trainAlone(model + ["--resume"], in: folder)
    #expect(resumed.errors.contains("resuming from epoch"))
    let alone = try Job.trainAlone(
      model.map { $0 == "model.docket" ? "alone.docket" : $0 }, in: folder)
    #expect(resumed.digest != nil && resumed.digest == alone.digest)
  }

  @Test("Ranks with different inputs end with a message that names the rank")
  func differentInputs() throws {
    let folder = try TestFolder()
    let arguments = ["bilstm.yaml", "--output", "model.docket"]
    let outcome = try Job.start(
      [(2, arguments), (1, arguments + ["--set", "training.learningRate=0.03"])], in: folder
    ).end()
    #expect(outcome.exitCode == 65)
    #expect(outcome.errors.contains("error: rank 2 has different documents, settings"))
    #expect(outcome.errors.components(separatedBy: "[rank-inputs]").count == 2)
    #expect(folder.bytes("model.docket") == nil)
  }

  @Test(
    "An error of all ranks is printed once, with the exit code of docket train",
    arguments: [
      (["missing.yaml"], 66, "file-missing"), (["bilstm.yaml", "--find-rate"], 64, "docket train"),
      (["bilstm.yaml", "--set", "training.batch=0"], 65, "out-of-range"),
      (["bilstm.yaml", "--output", "no/model.docket"], 73, "cannot-create"),
    ] as [([String], Int32, String)])
  func errors(arguments: [String], exitCode: Int32, mark: String) throws {
    let outcome = try Job.train(3, arguments, in: try TestFolder())
    #expect(outcome.exitCode == exitCode, "\(outcome.errors)")
    #expect(outcome.errors.components(separatedBy: mark).count == 2, "\(outcome.errors)")
  }

  @Test("An error of one rank is printed with its number")
  func errorOfOneRank() throws {
    let folder = try TestFolder()
    let arguments = ["bilstm.yaml", "--output", "model.docket"]
    let outcome = try Job.start(
      [(1, arguments), (1, ["missing.yaml"])], in: folder
    ).end()
    #expect(outcome.exitCode == 66, "\(outcome.errors)")
    #expect(outcome.errors.contains("rank 1: missing.yaml: error: "), "\(outcome.errors)")
  }

  @Test("Without mpirun there is one rank")
  func alone() throws {
    let folder = try TestFolder()
    let single = try Job.Running(
      "\(Job.programs)/docket-mpi", ["train", "bilstm.yaml", "--output", "model.docket"], in: folder
    ).end()
    let alone = try Job.trainAlone(["bilstm.yaml", "--output", "alone.docket"], in: folder)
    #expect(single.digest != nil && single.digest == alone.digest)
  }
}
