import Embeddings
import PipelineCore
import Testing

@Suite("Files mistaken for vectors")
struct ForeignFormatTests {
  @Test(
    "Each foreign format is refused by its first bytes",
    arguments: [
      (.fastTextModel, [0xba, 0x16, 0x4f, 0x2f, 12, 0, 0, 0]), (.pickle, [0x80, 2, 0x63]),
      (.pickle, [0x80, 4, 0x95]), (.numpy, [0x93] + Array("NUMPY\u{1}\0".utf8)),
      (.zip, [0x50, 0x4b, 3, 4, 20]), (.bzip2, Array("BZh91AY&SY...".utf8)),
      (.xz, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]), (.zstandard, [0x28, 0xb5, 0x2f, 0xfd, 0]),
      (.safetensors, [64, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":{}}".utf8)),
      (.gguf, Array("GGUF".utf8) + [3, 0, 0, 0]), (.hdf5, [0x89] + Array("HDF\r\n".utf8)),
      (.html, Array("\n<!DOCTYPE html><html>".utf8)), (.html, Array("<HTML lang=en>".utf8)),
      (.gitLFSPointer, Array("version https://git-lfs.github.com/spec/v1\n".utf8)),
      (.elf, [0x7f, 0x45, 0x4c, 0x46, 2]), (.utf16, [0xff, 0xfe, 0x32, 0]),
      (.utf16, [0xfe, 0xff, 0, 0x32]),
      (.tar, [UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8)),
    ] as [(ForeignFormat, [UInt8])])
  func refused(_ format: ForeignFormat, _ bytes: [UInt8]) throws {
    let file = try VectorFile(bytes)
    #expect(file.read().error == "vectors-look-alike FILE@0")
    do {
      _ = try VectorFileReader(path: file.path)
    } catch let error as VectorFileError {
      #expect(error.fact == .foreignFormat(format))
      #expect(error.sentence.contains(format.advice))
    }
  }

  @Test(
    "A word that starts like a foreign format is a word", arguments: ["PK", "BZh9", "GGUF", "<s>"])
  func words(_ word: String) throws {
    #expect(try VectorFile("\(word) 1 2\nb 3 4\n").read().words == [word, "b"])
  }
}
