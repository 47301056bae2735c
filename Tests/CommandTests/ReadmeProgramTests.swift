import FileAccess
import Testing

/// The Swift program that README.md shows. It is built as `readme-program`.
@Suite("Program in README.md")
struct ReadmeProgramTests {
  @Test("The program trains, classifies, evaluates and writes a model that the command reads")
  func runs() throws {
    let folder = try DocumentationFolder()
    let program = Folder.split(Command.path).folder + "/readme-program"
    let outcome = try Command([], program: program, folder: folder.path).wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.lines.first?.hasPrefix("sports 0.") == true, "\(outcome.text)")
    #expect(outcome.lines.last?.hasPrefix("accuracy 0.") == true, "\(outcome.text)")
    let text = Array("The striker scored twice in the final.\n".utf8)
    let record = try Command.docket("classify", "news.docket", input: text, folder: folder.path)
    #expect(record.text.hasPrefix("sports\t"), "\(record.errors)")
  }

  @Test("The program has at most ten statements")
  func length() throws {
    let page = try DocumentationPage("README.md")
    let block = try #require(page.blocks.first { $0.language == "swift" })
    let lines = page.content(of: block).filter { !$0.isEmpty && !$0.hasPrefix("//") }
    #expect(lines.count <= 10)
  }
}
