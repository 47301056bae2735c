/// Ends the process with a sentence about a stage that broke a precondition of this module.
///
/// Invalid input must never end up here, only mistakes in the code of a stage. In a release build,
/// Swift prints the message of `fatalError`, but not that of `preconditionFailure`.
func stageMisuse(_ sentence: String) -> Never { fatalError(sentence) }
