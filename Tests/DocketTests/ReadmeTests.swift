import Docket
import FileAccess
import Testing

/// What the README shows is tried here, so that it cannot go stale unnoticed.
@Suite("README")
struct ReadmeTests {
  private static func readme() throws -> String {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let bytes = try InputFile.readAll(path: "/" + folder + "/README.md", limit: 1 << 20)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("The pipeline file that it shows is one")
  func pipelineIsRight() throws {
    let readme = try Self.readme()
    let start = try #require(readme.firstRange(of: "```yaml\n"))
    let rest = readme[start.upperBound...]
    let end = try #require(rest.firstRange(of: "```"))
    // The block stands in a list, three spaces in.
    let lines = rest[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { $0.dropFirst(3) }.joined(separator: "\n")
    let pipeline = try PipelineDescription.parse(
      text, name: "README.md", stages: .builtIn, requireFiles: false)
    #expect(pipeline.embedding != nil)
    #expect(pipeline.language?.isOpen == true)
  }

  @Test("Every stage that ships is named in it, and every stage it names ships")
  func stagesAreNamed() throws {
    let readme = try Self.readme()
    let shipped = Set(StageRole.allCases.flatMap { StageRegistry.builtIn.names(of: $0) })
    for name in shipped { #expect(readme.contains(name), "\(name)") }
    let words = readme.split { !($0.isLetter || $0.isNumber || $0 == ".") }
    for word in words where word.hasSuffix(".v1") { #expect(shipped.contains(String(word))) }
  }

  @Test("It stays under 200 lines")
  func isShort() throws {
    #expect(try Self.readme().split(separator: "\n", omittingEmptySubsequences: false).count < 200)
  }
}
