import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client does not read its answers.
final class StalledClientHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private let limit: TimeAmount
  private var timer: Scheduled<Void>?

  /// Creates a handler that waits until `limit` for the client to read.
  init(limit: TimeAmount) { self.limit = limit }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    if !context.channel.isWritable {
      let channel = context.channel
      timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    context.fireChannelInactive()
  }
}

/// Answers `Expect: 100-continue`, so that such a client sends its body at once.
final class ExpectHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  private let bodyLimit: Int

  init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  /// Whether a client waits before it sends the body.
  static func isExpected(_ headers: HTTPFields) -> Bool {
    headers[.expect]?.lowercased() == "100-continue"
  }

  /// Whether the body is worth sending: not longer than the limit, or a stream.
  static func isWelcome(_ headers: HTTPFields, limit: Int) -> Bool {
    let length = headers[.contentLength].flatMap { Int($0) } ?? 0
    return length <= limit || (try? ContentKind(headers)) == .jsonLines
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data), Self.isExpected(head.headerFields),
      Self.isWelcome(head.headerFields, limit: bodyLimit)
    {
      let part = HTTPResponsePart.head(HTTPResponse(status: .continue))
      context.writeAndFlush(wrapOutboundOut(part), promise: nil)
    }
    context.fireChannelRead(data)
  }
}
