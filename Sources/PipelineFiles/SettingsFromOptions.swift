public import PipelineCore

extension StageConfiguration {
  /// Reads settings given on the command line as `key=value`.
  ///
  /// - Throws: `ConfigurationErrors` with everything that is wrong.
  public static func parse(_ written: [String]) throws(ConfigurationErrors) -> Self {
    var root = ConfigurationNode(.mapping([]), at: .option("--set"))
    var errors: [ConfigurationError] = []
    for text in written {
      do { try Override(text).apply(to: &root) } catch { errors.append(error) }
    }
    let base = PathCheck.base(directory: ".")
    let configuration = read(from: root, owner: "the training", base: base, errors: &errors)
    errors += PathCheck.errors(
      of: outline, in: root, owner: "--set", allowsFolders: false, base: base)
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    return configuration
  }
}
