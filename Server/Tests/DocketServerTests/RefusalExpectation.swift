import Docket
import LoopbackClient
import Testing

/// Expects the response for a request that is refused as a whole: a status and a code.
func expect(
  _ reply: HTTPReply, _ status: Int, _ code: String, at place: SourceLocation = #_sourceLocation
) throws {
  let json = try JSONValue.parse(reply.body, file: "body")
  #expect(
    reply.status == status && json["code"]?.string == code, "\(reply)", sourceLocation: place)
  #expect(json["message"]?.string?.isEmpty == false, sourceLocation: place)
  #expect(reply.headers["content-type"] == "application/json", sourceLocation: place)
}
