import Dispatch
import Docket
import Logging
import ServiceLifecycle
import UnixSignals

/// Reloads the models and the tokens on SIGHUP.
struct ReloadService: Service {
  let models: ModelSet
  let tokens: AccessTokens
  let metrics: ServerMetrics
  let logger: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
          reload()
          continuation.resume()
        }
      }
    }
  }

  private func reload() {
    for (name, result) in models.reload() {
      switch result {
      case .success(let model):
        metrics.addReload(isOK: true)
        logger.notice("reloaded \(name), SHA-256 \(model.digest)")
      case .failure(let error):
        metrics.addReload(isOK: false)
        logger.error("cannot reload \(name), still using the previous model: \(error)")
      }
    }
    do {
      try tokens.reload()
    } catch {
      metrics.addReload(isOK: false)
      logger.error("cannot reload the tokens, still using the previous ones: \(error)")
    }
  }
}

/// Fails requests that take too long.
struct DeadlineService: Service {
  let queue: InferenceQueue

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while (try? await Task.sleep(for: .milliseconds(100))) != nil { queue.expire() }
    }
  }
}

/// Makes `GET /ready` fail before the server stops accepting connections.
struct ReadinessService: Service {
  let status: ServerStatus

  func run() async throws {
    try? await gracefulShutdown()
    status.beginShutdown()
  }
}
