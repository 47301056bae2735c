/// Fuzzes binary vector files: the first two bytes of the input choose the counts in the header,
/// and the rest is the body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard count > 2 else { return 0 }
  let header = Array("\(1 + Int(input[0]) % 9) \(1 + Int(input[1]) % 5)\n".utf8)
  FuzzedFile.tryVectors(header + input[2...])
  return 0
}
