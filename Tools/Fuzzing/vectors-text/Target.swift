/// Fuzzes text vector files: the input is the whole file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  FuzzedFile.tryVectors(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
