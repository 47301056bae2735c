import TestSupport
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Input files")
struct InputFileTests {
  let folder = TestFolder()

  /// Returns the code of the error thrown by reading `path` to its end.
  func code(_ path: String, limit: Int = 1 << 20) -> String? {
    FileError.thrown { _ = try InputFile.readAll(path: path, limit: limit) }?.code
  }

  @Test("A plain file is read unchanged, and its SHA-256 is computed on request")
  func plain() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = try folder.file("plain", bytes)
    let isSame = try InputFile.readAll(path: path, limit: bytes.count) == bytes
    #expect(isSame)

    let file = try InputFile(path: try folder.file("abc", Array("abc".utf8)))
    #expect(file.sha256 == nil)
    #expect(try file.nextChunk() == Array("abc".utf8))
    #expect(try file.nextChunk() == nil)
    #expect(
      file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let unhashed = try InputFile(path: file.name, hashes: false)
    #expect(try unhashed.nextChunk() == Array("abc".utf8))
    #expect(try unhashed.nextChunk() == nil)
    #expect(unhashed.sha256 == nil)
  }

  @Test("Gzip is recognized by its bytes, may have several members, and is hashed compressed")
  func gzip() throws {
    let text = Array("two members\n".utf8)
    let packed = Gzip.stored(text) + Gzip.stored([]) + Gzip.stored(text)
    let path = try folder.file("no-suffix", packed)
    #expect(try InputFile.readAll(path: path, limit: 24) == text + text)
    let file = try InputFile(path: path)
    while try file.nextChunk(size: 1) != nil {}
    #expect(file.isCompressed)
    #expect(file.sha256 == SHA256Digest.hexadecimal(of: packed))
  }

  @Test("Truncated gzip data is refused, wherever it ends")
  func truncated() throws {
    let packed = Gzip.stored(Array("some text".utf8))
    for length in 2..<packed.count {
      let path = try folder.file("cut", Array(packed[..<length]))
      #expect(code(path) == "gzip-truncated", "\(length) bytes")
    }
    let whole = Gzip.stored([1])
    let second = try folder.file("second", whole + packed[..<12])
    #expect(code(second) == "gzip-truncated")
  }

  @Test("Gzip data with a wrong checksum, a wrong length or corrupt blocks is refused")
  func damaged() throws {
    let packed = Gzip.stored(Array("some text".utf8))
    for index in [10, 11, 20, packed.count - 8, packed.count - 1] {
      var broken = packed
      broken[index] ^= 0x06
      #expect(code(try folder.file("broken", broken)) == "gzip-damaged", "byte \(index)")
    }
  }

  @Test("Other data after gzip data is refused", arguments: [[0, 1], [0x1f, 0], [1, 2, 3]])
  func trailing(_ junk: [UInt8]) throws {
    let packed = Gzip.stored(Array("x".utf8))
    let path = try folder.file("trailing", packed + junk)
    let error = FileError.thrown { _ = try InputFile.readAll(path: path, limit: 100) }
    #expect(error?.code == "gzip-trailing-bytes")
    #expect(try #require(error?.byte) >= packed.count)
  }

  @Test("A gzip bomb is stopped at the limit")
  func bomb() throws {
    let runs = 80_000
    let path = try folder.file("bomb", Gzip.zeros(runs: runs))
    #expect(code(path, limit: 1000) == "gzip-too-large")
    #expect(try InputFile.readAll(path: path, limit: 1 + 258 * runs).count == 1 + 258 * runs)
    // 20 MB from 130 KB is more than 64 times the size, and more than 16 MiB.
    let file = try InputFile(path: path)
    let error = FileError.thrown { while try file.nextChunk() != nil {} }
    #expect(error?.fact == .gzipExpandsBeyond(limit: 16 << 20))
  }

  @Test("A gzip file that expands too much at its beginning is refused there")
  func earlyBomb() throws {
    let zeros = Gzip.zeros(runs: 4000)
    let bomb = (0..<300).flatMap { _ in zeros }
    let rest = Gzip.stored([UInt8](repeating: 0x61, count: 8 << 20))
    // As a whole, both files expand to less than 64 times their size.
    for (bytes, isRefused) in [(bomb + rest, true), (rest + bomb, false)] {
      let file = try InputFile(path: try folder.file("bomb", bytes), hashes: false)
      var count = 0
      let error = FileError.thrown {
        while let chunk = try file.nextChunk() { count += chunk.count }
      }
      #expect((error?.code == "gzip-too-large") == isRefused)
      #expect(isRefused ? count < 240 << 20 : count == 300 * (1 + 258 * 4000) + (8 << 20))
    }
  }

  @Test("A file over the limit is refused before it is read")
  func tooLarge() throws {
    let path = try folder.file("large", [1, 2, 3])
    #expect(code(path, limit: 3) == nil)
    #expect(code(path, limit: 2) == "file-too-large")
  }

  @Test("Folders, pipes, devices and missing files are refused without blocking")
  func notRegular() throws {
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(code(folder.path) == "not-a-regular-file")
    #expect(code(pipe) == "not-a-regular-file")
    #expect(code("/dev/zero") == "not-a-regular-file")
    #expect(code("\(folder.path)/none") == "file-missing")
    #expect(code("") == "file-missing")
    #expect(code("\(pipe)/below") == "file-missing")
    let loop = "\(folder.path)/loop"
    #expect(symlink(loop, loop) == 0)
    #expect(code(loop) == "file-unreadable")
    let path = try folder.file("a", [1])
    #expect(code(path + "\0b") == "file-unreadable")
    #expect(FileError(.missing, in: "x").category == .missingInput)
    #expect(FileError(.missing, in: "x").description.hasPrefix("x: error: no such file"))
  }

  @Test("A file that grows, shrinks or is rewritten while it is read is refused")
  func changed() throws {
    let changes: [(String) -> Void] = [
      { _ = truncate($0, 5_000_000) }, { _ = truncate($0, 10) },
      { path in
        let times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        utimensat(AT_FDCWD, path, times, 0)
      },
    ]
    for (index, change) in changes.enumerated() {
      let path = try folder.file("changing", [UInt8](repeating: 7, count: 3 << 20))
      let file = try InputFile(path: path)
      _ = try file.nextChunk()
      change(path)
      let error = FileError.thrown { while try file.nextChunk() != nil {} }
      #expect(error?.code == "changed-while-reading", "change \(index)")
    }
  }

  @Test("Bytes appended after the end was reached are not read")
  func end() throws {
    for bytes in [[1, 2, 3], Gzip.stored([1, 2, 3])] {
      let path = try folder.file("ended", bytes)
      let file = try InputFile(path: path)
      #expect(try file.nextChunk() == [1, 2, 3])
      #expect(try file.nextChunk() == nil)
      truncate(path, 1000)
      #expect(try file.nextChunk() == nil)
      #expect(file.sha256 == SHA256Digest.hexadecimal(of: bytes))
    }
  }

  @Test("An empty file has no bytes")
  func empty() throws {
    let path = try folder.file("empty", [])
    #expect(try InputFile.readAll(path: path, limit: 0) == [])
  }
}
