import PipelineCore

extension Safetensors {
  /// Returns all tensors of 32-bit floats.
  ///
  /// - Throws: `ModelError` if a value is NaN or infinite.
  func floats(name: String) throws(ModelError) -> [NamedTensor] {
    var found: [NamedTensor] = []
    for tensor in tensors where tensor.type == .f32 {
      let count = tensor.data.count / 4
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        tensor.data.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
        initialized = count
      }
      guard values.allSatisfy(\.isFinite) else {
        throw ModelError(.notFinite(tensor: tensor.name), at: .file(name))
      }
      found.append(NamedTensor(name: tensor.name, shape: tensor.shape, values: values))
    }
    return found
  }
}

/// Floats of other sizes exist only in files; all computation uses 32 bits.
extension Safetensors.Tensor {
  /// The tensor converted to 16-bit floats, rounded to nearest.
  ///
  /// - Precondition: the tensor has 32-bit floats.
  var halved: Safetensors.Tensor {
    var half = self
    half.type = .f16
    half.data = []
    half.data.reserveCapacity(data.count / 2)
    data.withUnsafeBytes { raw in
      for offset in stride(from: 0, to: raw.count, by: 4) {
        let bits = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let value = Float16(Float(bitPattern: bits))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { half.data += $0 }
      }
    }
    return half
  }

  /// The tensor converted to 32-bit floats if it has floats of another size, otherwise the tensor
  /// itself.
  var widened: Safetensors.Tensor {
    guard [.f16, .bf16, .f64].contains(type) else { return self }
    var wide = self
    wide.type = .f32
    wide.data = []
    wide.data.reserveCapacity(data.count / type.width * 4)
    data.withUnsafeBytes { raw in
      for offset in stride(from: 0, to: raw.count, by: type.width) {
        let value = Self.float(raw, offset, type)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { wide.data += $0 }
      }
    }
    return wide
  }

  private static func float(
    _ raw: UnsafeRawBufferPointer, _ offset: Int, _ type: Safetensors.ElementType
  ) -> Float {
    if type == .f64 {
      let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      return Float(Double(bitPattern: UInt64(littleEndian: bits)))
    }
    let bits = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    return type == .bf16
      ? Float(bitPattern: UInt32(bits) << 16) : Float(Float16(bitPattern: bits))
  }
}
