import HTTPTypes
import Hummingbird

/// The page at `/`, which classifies documents and evaluates models in a browser.
enum Page {
  /// The page. It loads no other resources, and the browser lets it connect only to this server.
  static var response: Response {
    var headers = HTTPFields()
    headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
      + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
      + "frame-ancestors 'none'"
    headers[.cacheControl] = "no-cache"
    return .bytes(PackageResources.page_html, type: "text/html; charset=utf-8", headers: headers)
  }
}
