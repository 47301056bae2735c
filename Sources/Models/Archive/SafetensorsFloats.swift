import PipelineCore

extension Safetensors {
  /// Returns all tensors of floats.
  ///
  /// - Throws: `ModelError` if a value is NaN or infinite.
  func floats(name: String) throws(ModelError) -> [NamedTensor] {
    var found: [NamedTensor] = []
    for tensor in tensors where tensor.type.isFloat {
      guard tensor.floats.isFinite else {
        throw ModelError(.notFinite(tensor: tensor.name), at: .file(name))
      }
      found.append(NamedTensor(name: tensor.name, shape: tensor.shape, stored: tensor.floats))
    }
    return found
  }
}

/// Floats of other widths exist in files only; all computation uses 32 bits.
extension Safetensors.Tensor {
  /// The tensor with 16-bit floats, rounded to nearest.
  ///
  /// - Precondition: the tensor has 32-bit floats.
  var halved: Safetensors.Tensor {
    var half = self
    half.type = .f16
    half.data = []
    half.floats = SharedArray([])
    half.data.reserveCapacity(byteCount / 2)
    withBytes { raw in
      for offset in stride(from: 0, to: raw.count, by: 4) {
        let bits = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let value = Float16(Float(bitPattern: bits))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { half.data += $0 }
      }
    }
    return half
  }
}

extension Safetensors.ElementType {
  /// Appends the numbers of little-endian bytes as 32-bit floats.
  ///
  /// - Precondition: the type is one of floats, and `bytes` are whole numbers.
  func appendFloats(of bytes: [UInt8], to floats: inout [Float]) {
    bytes.withUnsafeBytes { raw in
      for offset in stride(from: 0, to: raw.count, by: width) { floats.append(float(raw, offset)) }
    }
  }

  private func float(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> Float {
    func bits<Bits: FixedWidthInteger>(_ type: Bits.Type) -> Bits {
      Bits(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
    }
    return switch self {
    case .f64: Float(Double(bitPattern: bits(UInt64.self)))
    case .bf16: Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
    case .f16: Float(Float16(bitPattern: bits(UInt16.self)))
    default: Float(bitPattern: bits(UInt32.self))
    }
  }
}
