import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client does not read its responses.
final class StalledClientHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private let limit: TimeAmount
  private var timer: Scheduled<Void>?

  /// Creates a handler that waits up to `limit` for the client to read.
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

/// Responds to `Expect: 100-continue`, so that a client that waits for it sends its body
/// immediately.
final class ExpectHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  private let bodyLimit: Int

  init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  /// Returns whether a client waits for status 100 before it sends the body.
  static func isExpected(_ headers: HTTPFields) -> Bool {
    headers[.expect]?.lowercased() == "100-continue"
  }

  /// Returns whether the body would be accepted: it is within the limit, or it is a stream.
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
