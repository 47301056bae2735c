public import PipelineCore

/// An error with a file or a standard stream.
public struct FileError: FactualError {
  /// What is wrong.
  public var fact: FileFact
  /// The path, or a name such as `standard input`.
  public var name: String
  /// The byte offset at which the error was found, if that is useful.
  public var byte: Int?

  /// Creates an error about the file `name`.
  public init(_ fact: FileFact, in name: String, byte: Int? = nil) {
    self.fact = fact
    self.name = name
    self.byte = byte
  }

  /// The file, with the byte offset if known.
  public var position: InputPosition? { byte.map { .byte(name, $0) } ?? .file(name) }
}

/// A problem with a file or a standard stream.
public enum FileFact: DiagnosableFact {
  /// There is nothing at this path.
  case missing
  /// The file exists but cannot be opened; the value is the system's reason.
  case unreadable(String)
  /// The path refers to a folder, a pipe, a device or another special file; the value names the
  /// kind.
  case notRegular(String)
  /// The file has `size` bytes, more than `limit`.
  case tooLarge(size: Int, limit: Int)
  /// The size or the modification time has changed since the file was opened.
  case changedWhileReading
  /// A read failed; the value is the system's reason.
  case readFailed(String)
  /// The compressed data is corrupt; the value is zlib's reason.
  case gzipDamaged(String)
  /// The compressed data ends too early.
  case gzipTruncated
  /// Other data follows the compressed data.
  case gzipTrailingBytes
  /// The compressed data expands to more than `limit` bytes.
  case gzipExpandsBeyond(limit: Int)
  /// The C library has no decoder for this encoding.
  case unknownEncoding(String)
  /// An output cannot be created; the value is the reason.
  case cannotCreate(String)
  /// Another process is writing this output; the value is its process ID if known.
  case inUse(process: Int?)
  /// A write to a file failed; the value is the system's reason.
  case writeFailed(String)
  /// A write to standard output, standard error or a pipe failed; the value is the system's reason.
  case streamWriteFailed(String)
  /// A file was written and has its final name, but its folder could not be synced; the value is
  /// the reason.
  case syncFailed(String)
  /// The reader of the output closed its end.
  case closedPipe

  /// The kind of failure.
  public var category: FailureCategory {
    switch self {
    case .missing, .unreadable, .notRegular: .missingInput
    case .tooLarge, .changedWhileReading, .gzipDamaged, .gzipTruncated, .gzipTrailingBytes,
      .gzipExpandsBeyond, .unknownEncoding:
      .badInput
    case .cannotCreate, .inUse: .cannotCreate
    case .readFailed, .writeFailed, .streamWriteFailed, .syncFailed, .closedPipe: .inputOutput
    }
  }

  /// The error code, a stable name for scripts.
  public var code: String {
    switch self {
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
    case .unknownEncoding: "unknown-encoding"
    case .cannotCreate: "cannot-create"
    case .inUse: "output-in-use"
    case .writeFailed, .streamWriteFailed: "write-failed"
    case .syncFailed: "sync-failed"
    case .closedPipe: "closed-pipe"
    }
  }

  /// The error message, without its position.
  public var sentence: String {
    switch self {
    case .missing: "no such file or folder"
    case .unreadable(let reason): "cannot open: \(reason)"
    case .notRegular(let kind): "expected a regular file, found \(kind)"
    case .tooLarge(let size, let limit): "the file is \(size) bytes; the limit is \(limit)"
    case .changedWhileReading:
      "the file changed while it was being read; try again when nothing is writing to it"
    case .readFailed(let reason): "read failed: \(reason)"
    case .gzipDamaged(let reason):
      "the gzip data is corrupt (\(reason)); download or compress the file again"
    case .gzipTruncated: "the gzip data is truncated; copy or download the file again"
    case .gzipTrailingBytes:
      "unexpected data after the end of the gzip data; compress the file again"
    case .gzipExpandsBeyond(let limit):
      "the gzip data expands to more than \(limit) bytes; if you trust the file, decompress it first"
    case .unknownEncoding(let name):
      "the C library of this system cannot read \(name); save the file as UTF-8"
    case .cannotCreate(let reason): "cannot create the output: \(reason)"
    case .inUse(let process):
      "another process\(process.map { " (PID \($0))" } ?? "") is writing this output; "
        + "wait for it to finish or choose another output"
    case .writeFailed(let reason): "write failed: \(reason); no existing file was replaced"
    case .streamWriteFailed(let reason): "write failed: \(reason); the output is incomplete"
    case .syncFailed(let reason):
      "the file was written, but its folder cannot be synced, so a power failure may undo it: "
        + reason
    case .closedPipe: "the reader closed the pipe"
    }
  }
}
