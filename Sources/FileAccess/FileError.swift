public import PipelineCore

/// What can go wrong with a file, or with standard input and output: a fact, and whose it is.
public struct FileError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// There is nothing of this name.
    case missing
    /// It is there but may not be opened; the system's reason.
    case unreadable(String)
    /// It is a folder, a pipe, a device or the like.
    case notRegular(String)
    /// It has `size` bytes where at most `limit` are allowed.
    case tooLarge(size: Int, limit: Int)
    /// Its size or its time of change is another one than when it was opened.
    case changedWhileReading
    /// The system failed to read; its reason.
    case readFailed(String)
    /// The compressed data is broken; what zlib says.
    case gzipDamaged(String)
    /// The compressed data ends too early.
    case gzipTruncated
    /// Something that is not gzip follows the compressed data.
    case gzipTrailingBytes
    /// The compressed data holds more than `limit` bytes.
    case gzipExpandsBeyond(limit: Int)
    /// An output cannot be made; the reason.
    case cannotCreate(String)
    /// Another process is writing this output; its number if it is known.
    case inUse(process: Int?)
    /// The system failed to write; its reason.
    case writeFailed(String)
    /// Whoever was reading our output has stopped.
    case closedPipe
  }

  /// What is wrong.
  public var fact: Fact
  /// The path, or a name such as `standard input`.
  public var name: String
  /// The byte of the file where it was noticed, if that helps to find it.
  public var byte: Int?

  /// A fact about the file `name`.
  public init(_ fact: Fact, in name: String, byte: Int? = nil) {
    self.fact = fact
    self.name = name
    self.byte = byte
  }

  /// The file, and the byte if it is known.
  public var position: InputPosition? { byte.map { .byte(name, $0) } ?? .file(name) }

  /// What kind of failure it is.
  public var category: FailureCategory {
    switch fact {
    case .missing, .unreadable, .notRegular: .missingInput
    case .tooLarge, .changedWhileReading, .gzipDamaged, .gzipTruncated, .gzipTrailingBytes,
      .gzipExpandsBeyond:
      .badInput
    case .cannotCreate, .inUse: .cannotCreate
    case .readFailed, .writeFailed, .closedPipe: .inputOutput
    }
  }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .missing: "file-missing"
    case .unreadable: "file-unreadable"
    case .notRegular: "not-a-regular-file"
    case .tooLarge: "file-too-large"
    case .changedWhileReading: "changed-while-reading"
    case .readFailed: "read-failed"
    case .gzipDamaged: "gzip-damaged"
    case .gzipTruncated: "gzip-truncated"
    case .gzipTrailingBytes: "gzip-trailing-bytes"
    case .gzipExpandsBeyond: "gzip-too-large"
    case .cannotCreate: "cannot-create"
    case .inUse: "output-in-use"
    case .writeFailed: "write-failed"
    case .closedPipe: "closed-pipe"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .missing: "there is no such file"
    case .unreadable(let reason): "the file cannot be opened: \(reason)"
    case .notRegular(let kind):
      "this is \(kind), not a regular file; give the path of a file"
    case .tooLarge(let size, let limit):
      "the file has \(size) bytes; at most \(limit) are allowed here"
    case .changedWhileReading:
      "the file changed while it was being read; try again when nothing writes to it"
    case .readFailed(let reason): "reading failed: \(reason)"
    case .gzipDamaged(let reason):
      "the gzip data is damaged (\(reason)); fetch or compress the file again"
    case .gzipTruncated:
      "the gzip data ends too early; the file was probably not copied to its end"
    case .gzipTrailingBytes:
      "something that is not gzip follows the compressed data; compress the file again"
    case .gzipExpandsBeyond(let limit):
      "the gzip data holds more than the \(limit) bytes allowed; unpack it by hand if you trust it"
    case .cannotCreate(let reason): "the output cannot be made: \(reason)"
    case .inUse(let process):
      "another process\(process.map { " (\($0))" } ?? "") is writing this output; wait for its end "
        + "or name another output"
    case .writeFailed(let reason): "writing failed: \(reason); nothing was replaced"
    case .closedPipe: "the reader of this output has closed it"
    }
  }
}
