public import ArgumentParser
public import Docket
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `docket-serve`: classifies and explains documents, and evaluates models, over HTTP.
public struct ServeCommand: ParsableCommand {
  /// The name and the help.
  public static let configuration = CommandConfiguration(
    commandName: "docket-serve",
    abstract: "Classify documents over HTTP.",
    discussion: """
      POST /classify and /explain take a JSON object, an array of objects, or JSON lines, and \
      return the records of docket classify --json and docket explain --json. POST /evaluate takes labelled documents and returns the report of \
      docket evaluate. GET / is a web page; \
      GET /openapi.json describes the API.

      On SIGTERM, the server answers the requests that have arrived, then exits. On SIGHUP, it \
      reloads the models and the tokens; if a file cannot be read, its old contents stay in use.
      """)

  @Argument(
    help: ArgumentHelp(
      "The model files, each with a name for ?model=NAME; by default the name of the file.",
      valueName: "[name=]model"))
  var models: [String]

  @Option(name: .long, help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(name: .long, help: "The port to listen on; 0 chooses a free port.")
  var port = 8080

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file with one token per line; all requests except GET /, /health, /ready and "
        + "/openapi.json then require Authorization: Bearer TOKEN.",
      valueName: "file"))
  var tokenFile: String?

  @Option(
    name: .long, help: ArgumentHelp("The number of threads for classification.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The maximum size of a request body in bytes; JSON lines to classify or explain may be "
        + "longer.", valueName: "n"))
  var bodyBytes = ServerLimits().bodyBytes

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The maximum number of documents in a JSON array, or of labelled documents.",
      valueName: "n"))
  var documents = ServerLimits().documents

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The maximum number of requests to handle at once; further requests get 503.",
      valueName: "n"))
  var requests = ServerLimits().requests

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The time limit for receiving and answering a request.", valueName: "seconds"))
  var time = 30.0

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The time to wait for other requests to classify in the same batch; 0 for none.",
      valueName: "milliseconds"))
  var batchWait = 2.0

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The maximum time to wait, after SIGTERM, for requests to be answered.",
      valueName: "seconds"))
  var shutdownTime = 30.0

  @Flag(
    name: .long,
    help: "Run the external programs that a model names (process.v1).")
  var allowExternal = false

  /// Creates a command, for the argument parser.
  public init() {}

  /// Checks the options.
  public func validate() throws {
    let sources = try modelSources()
    if let twice = Dictionary(grouping: sources, by: \.name).first(where: { $0.value.count > 1 }) {
      throw ValidationError(
        "Two models are named \(twice.key); write NAME=\(twice.value[0].path).")
    }
    let numbers: [(String, Int, ClosedRange<Int>)] = [
      ("--port", port, 0...65_535), ("--threads", threads, 1...1024),
      ("--body-bytes", bodyBytes, 1...(1 << 30)), ("--documents", documents, 1...10_000_000),
      ("--requests", requests, 1...100_000),
    ]
    for (name, value, range) in numbers where !range.contains(value) {
      throw ValidationError(
        "\(name) must be between \(range.lowerBound) and \(range.upperBound).")
    }
    let times: [(String, Double, ClosedRange<Double>)] = [
      ("--time", time, 0.1...86_400), ("--batch-wait", batchWait, 0...10_000),
      ("--shutdown-time", shutdownTime, 0.1...86_400),
    ]
    for (name, value, range) in times where !range.contains(value) {
      throw ValidationError(
        "\(name) must be between \(range.lowerBound) and \(range.upperBound).")
    }
  }

  private func modelSources() throws -> [ModelSource] {
    guard !models.isEmpty else { throw ValidationError("Specify a model file.") }
    return try models.map { argument in
      guard let source = ModelSource(argument) else {
        throw ValidationError(
          "\(argument) has no usable name; write NAME=path with letters, digits and -._ in NAME.")
      }
      return source
    }
  }

  /// Runs the command with the arguments of the process, until a signal ends it.
  ///
  /// - Parameter stages: the stages that a model may name.
  public static func main(stages: StageRegistry) async {
    do {
      try await parse().serve(stages: stages)
    } catch let error as ExitCode {
      Foundation.exit(error.rawValue)
    } catch {
      exit(withError: error)
    }
  }

  /// Serves until a signal ends the process.
  func serve(stages: StageRegistry) async throws {
    ServerProcess.ignoreSignals()
    LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
    let logger = Logger(label: "docket-serve")
    var stages = stages
    if allowExternal { stages.programAccess = .allowed(changed: false) }
    var limits = ServerLimits()
    (limits.bodyBytes, limits.documents, limits.requests) = (bodyBytes, documents, requests)
    (limits.time, limits.threads) = (.seconds(time), threads)
    limits.batchWait = .milliseconds(batchWait)
    let (set, tokens): (ModelSet, AccessTokens)
    do {
      set = try ModelSet(modelSources(), stages: stages)
      tokens = try AccessTokens(path: tokenFile)
    } catch {
      let isMissing = (error as? any DiagnosableError)?.category == .missingInput
      throw Self.failure("\(error)", code: isMissing ? 66 : 65)
    }
    for model in set.all {
      for warning in model.pipeline.warnings { logger.warning("\(model.name): \(warning)") }
    }
    if tokenFile == nil, !["127.0.0.1", "::1", "localhost"].contains(host) {
      logger.warning("anyone who can reach \(host) can use the models; see --token-file")
    }
    do {
      try await group(set, tokens, limits, logger).run()
    } catch let error as any DiagnosableError {
      throw Self.failure("\(error)", code: 70)
    } catch {
      throw Self.failure("error: cannot listen on \(host):\(port): \(error) [listen]", code: 74)
    }
    logger.notice("all requests are answered; the server exits")
  }

  private func group(
    _ models: ModelSet, _ tokens: AccessTokens, _ limits: ServerLimits, _ logger: Logger
  ) -> ServiceGroup {
    let (metrics, status) = (ServerMetrics(), ServerStatus())
    let queue = InferenceQueue(limits: limits, metrics: metrics)
    let idle = TimeAmount(limits.time)
    let responder = ServerResponder(
      models: models, queue: queue, evaluations: EvaluationQueue(),
      limits: limits, metrics: metrics, tokens: tokens,
      status: status, held: HeldBytes(limit: limits.heldBytes))
    var quiet = logger
    quiet.logLevel = .warning
    // If file descriptors ran out, clients would get no response at all.
    let connections = max(16, ServerProcess.raiseFileLimit() - 64)
    let (host, names) = (host, models.all.map(\.name))
    let application = Application(
      responder: responder,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            StalledClientHandler(limit: idle), ExpectHandler(bodyLimit: limits.bodyBytes),
          ], idleTimeout: idle)),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(connections, logger: quiet)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        let address = host.contains(":") ? "[\(host)]" : host
        logger.notice(
          "listening on http://\(address):\(port) with \(names.joined(separator: ", "))")
      },
      logger: quiet)
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: DeadlineService(queue: queue)),
        .init(
          service: ReloadService(
            models: models, tokens: tokens, metrics: metrics, logger: logger)),
        .init(service: application),
        // A signal ends this service first.
        .init(
          service: ReadinessService(status: status), successTerminationBehavior: .ignore),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
    configuration.maximumGracefulShutdownDuration = .seconds(shutdownTime)
    return ServiceGroup(configuration: configuration)
  }

  /// Prints an error and returns the exit code.
  private static func failure(_ message: String, code: Int32) -> ExitCode {
    ServerProcess.writeError(message)
    return ExitCode(code)
  }
}
