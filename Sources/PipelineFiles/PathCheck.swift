import FileAccess
package import PipelineCore

/// Resolves the paths in settings and checks that their files exist, before any work begins.
package enum PathCheck {
  /// Returns a function that resolves paths in a pipeline file relative to `directory`, and paths
  /// on the command line relative to the working directory.
  package static func base(directory: String) -> PathBase {
    { path, position in
      if case .option = position { return FilePath(written: path, resolved: path) }
      let isResolved = path.utf8.first == UInt8(ascii: "/") || directory.isEmpty || directory == "."
      let separator = directory.utf8.last == UInt8(ascii: "/") ? "" : "/"
      return FilePath(
        written: path, resolved: isResolved ? path : "\(directory)\(separator)\(path)")
    }
  }

  /// Returns the errors for the files that the settings in `node` name.
  static func errors(
    of settings: [SettingOutline], in node: ConfigurationNode?, owner: String,
    allowsFolders: Bool, base: PathBase
  ) -> [ConfigurationError] {
    settings.flatMap { setting in
      if case .section(let inner) = setting.form {
        return errors(
          of: inner, in: node?[setting.name], owner: "\(owner).\(setting.name)",
          allowsFolders: allowsFolders, base: base)
      }
      return names(for: setting.form, in: node?[setting.name]).compactMap { name, position in
        let path = base(name, position).resolved
        let key = "\(owner).\(setting.name)"
        return fact(for: name, at: path, key: key, allowsFolders: allowsFolders).map {
          ConfigurationError($0, at: position)
        }
      }
    }
  }

  /// Returns the file names in a value, with their positions.
  private static func names(
    for form: SettingForm, in node: ConfigurationNode?
  ) -> [(String, InputPosition)] {
    guard let node else { return [] }
    switch form {
    case .path: return node.scalar.map { [($0, node.position)] } ?? []
    case .paths:
      let nodes = if case .sequence(let items) = node.value { items } else { [node] }
      return nodes.compactMap { item in item.scalar.map { ($0, item.position) } }
    case .shareOrPath:
      if let text = node.plainScalar, text.isDecimalNumber { return [] }
      return node.scalar.map { [($0, node.position)] } ?? []
    case .integer, .number, .boolean, .choice, .text, .section, .classWeights,
      .command, .mapping:
      return []
    }
  }

  /// Returns what is wrong with a file, or `nil` if it is usable.
  private static func fact(
    for name: String, at path: String, key: String, allowsFolders: Bool
  ) -> ConfigurationFact? {
    // An empty name has already been rejected.
    if name.isEmpty { return nil }
    if name.hasBytes(of: "-") {
      let reason = "standard input cannot be used here; specify a file"
      return .unusableFile(key: key, path: path, reason: reason)
    }
    do {
      if allowsFolders, try Folder.isFolder(path) {
        _ = try Folder.names(in: path)
      } else {
        _ = try InputFile(path: path)
      }
      return nil
    } catch let error as FileError where error.fact == .missing {
      return .missingFile(key: key, path: path)
    } catch let error as FileError where error.category == .inputOutput {
      // This is a problem with the machine, not with the pipeline. It is reported when the file is
      // read.
      return nil
    } catch let error as FileError {
      return .unusableFile(key: key, path: path, reason: error.sentence)
    } catch {
      return .unusableFile(key: key, path: path, reason: "it cannot be opened")
    }
  }
}
