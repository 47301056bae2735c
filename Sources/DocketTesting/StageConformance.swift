/// Checks the requirements on stages that types cannot express. Run these checks on your own
/// stages.
///
/// `faults(in:)` returns the violations found in a stage; the list is empty for a conforming stage.
/// Pass texts in the scripts that the stage is for, in addition to `sampleTexts`. The checks also
/// use built-in texts: characters from all Unicode planes, and a text of 1 MiB.
public enum StageConformance {
  /// A requirement on stages.
  public enum Requirement: String, Sendable, CaseIterable, CustomStringConvertible {
    // Every stage.

    /// The stage has a name such as `words.v1`, and a summary of one line.
    case name
    /// Settings can be written and read back, and each setting affects only its own property.
    case settings
    /// The same input gives the same result, whatever was processed before.
    case determinism
    /// Several threads can use the stage at the same time, with the same results.
    case concurrency
    /// Empty input gives an empty or valid result.
    case empty
    /// A stage with a word list keeps the words that it is given, and its settings.
    case words

    // Normalizers and tokenizers.

    /// Text is valid UTF-8, and tokens begin and end at code point boundaries.
    case utf8
    /// Each byte of a text maps to its origin in the source.
    case alignment
    /// The warnings of earlier stages are kept.
    case warnings
    /// Normalizing a normalized text does not change it.
    case idempotence
    /// Tokens are nonempty, in order, and inside the text.
    case ranges
    /// No token contains white space.
    case whiteSpace

    // Embeddings and classifiers.

    /// The result does not depend on the number of threads.
    case threads
    /// All numbers are finite.
    case finite
    /// The column groups of a table add up to its width, and none is empty or has a negative rate.
    case columns
    /// The words of a table are nonempty and valid UTF-8.
    case vocabulary
    /// Work that is asked to stop throws `TrainingError.interrupted`.
    case interruption

    // Classifiers.

    /// There is one probability per label, in `0...1`, and the probabilities sum to 1.
    case probabilities
    /// A document gets the same probabilities alone and in a batch.
    case batch
    /// Training twice gives the same weights, for any number of threads.
    case training
    /// A model restored from its tensors gives the same probabilities.
    case restoring
    /// Tensors that do not fit the classifier are rejected with `TensorError`.
    case refusal
    /// Each tensor has a unique name that a model file does not use for anything else.
    case tensorNames
    /// A model contains vectors if and only if its classifier reads vectors.
    case vectors
    /// Explanations have one finite share per token.
    case shares
    /// The records of the epochs are numbered from 1.
    case history
    /// Resuming from a checkpoint gives the same weights as an uninterrupted run.
    case checkpoints

    /// The name of the requirement.
    public var description: String { rawValue }
  }

  /// A violation of a requirement.
  public struct Fault: Sendable, Equatable, CustomStringConvertible {
    /// The requirement.
    public var requirement: Requirement
    /// A description of what is wrong and where.
    public var detail: String

    /// Creates a fault.
    init(_ requirement: Requirement, _ detail: String) {
      self.requirement = requirement
      self.detail = detail
    }

    /// The fault as `requirement: detail`, for the message of a failed test.
    public var description: String { "\(requirement): \(detail)" }
  }

  /// Texts that have exposed bugs in stages: empty and blank texts, combining marks, joiners,
  /// emoji, and five scripts.
  public static let sampleTexts = [
    "", " ", "\t \u{3000}", "a", "Hello, world!", "don't stop-me now 3.14 e-mail@example.org",
    "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645} \u{6a9}\u{62a}\u{627}\u{628}",
    "\u{130}STANBUL I\u{15e}IK", "\u{4e2d}\u{56fd}\u{65b0}\u{95fb} iPhone 2024",
    "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940} \u{915}\u{94d}\u{937}", "e\u{301}\u{323}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{200d}\u{200c}\u{202e}", "\u{fdfa}",
  ]

  /// Texts with characters from every Unicode plane, assigned or not, 64 per text.
  static let planeTexts: [String] = {
    let step: UInt32 = 331  // A prime, so that all low bytes occur.
    var texts: [String] = []
    var text = String.UnicodeScalarView()
    for value in stride(from: UInt32(1), through: 0x10FFFF, by: Int(step)) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      text.append(scalar)
      if text.count.isMultiple(of: 9) { text.append(" ") }
      if text.count >= 64 {
        texts.append(String(text))
        text = String.UnicodeScalarView()
      }
    }
    return texts + [String(text)]
  }()

  /// A text of 1 MiB in several scripts, with spaces.
  static let longText: String = {
    let part = sampleTexts.joined(separator: " ") + "\n"
    let whole = String(repeating: part, count: (1 << 20) / part.utf8.count + 1)
    return String(decoding: whole.utf8.prefix(1 << 20), as: UTF8.self)
  }()

  /// Returns the start of a text in quotes, for a message.
  static func quoted(_ text: String) -> String {
    let start = text.unicodeScalars.prefix(40)
    return String(start).debugDescription
      + (start.endIndex < text.unicodeScalars.endIndex ? "..." : "")
  }
}

/// The faults found so far. At most three faults per requirement are kept, because a broken stage
/// violates most requirements on most texts.
struct FaultList {
  private(set) var faults: [StageConformance.Fault] = []

  /// Adds a fault.
  mutating func add(_ requirement: StageConformance.Requirement, _ detail: String) {
    let count = faults.count { $0.requirement == requirement }
    if count < 3 { faults.append(StageConformance.Fault(requirement, detail)) }
  }

  /// Adds a fault unless `condition` is true.
  mutating func require(
    _ condition: Bool, _ requirement: StageConformance.Requirement,
    _ detail: @autoclosure () -> String
  ) {
    if !condition { add(requirement, detail()) }
  }
}
