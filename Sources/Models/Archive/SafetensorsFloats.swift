import PipelineCore

extension Safetensors {
  /// Returns all float tensors.
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

extension SharedArray<Float> {
  /// Whether all numbers can be rounded to 16-bit floats.
  var fitsHalves: Bool {
    withUnsafeBufferPointer { numbers in
      // Numbers of at least this magnitude are rounded to infinity.
      numbers.allSatisfy { $0.magnitude < 65520 }
    }
  }
}

/// Floats of other widths exist only in files; all computation uses 32 bits.
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
  /// Appends the numbers in little-endian bytes as 32-bit floats.
  ///
  /// - Precondition: the type is a float type, and `bytes` contains only complete numbers.
  func appendFloats(of bytes: [UInt8], to floats: inout [Float]) {
    bytes.withUnsafeBytes { raw in
      if self == .f16 { return Self.appendHalves(raw, to: &floats) }
      for offset in stride(from: 0, to: raw.count, by: width) { floats.append(float(raw, offset)) }
    }
  }

  /// Appends 16-bit floats. `Float(Float16)` compiles to a function call if some target processors
  /// lack an instruction for it; this code takes a tenth of the time.
  private static func appendHalves(_ raw: UnsafeRawBufferPointer, to floats: inout [Float]) {
    let count = raw.count / 2
    floats += [Float](unsafeUninitializedCapacity: count) { target, initialized in
      for k in 0..<count {
        let half = UInt32(
          UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * k, as: UInt16.self)))
        // The exponent biases of the formats differ by 112. The product is exact, also for
        // denormals.
        let value = Float(bitPattern: (half & 0x7fff) << 13) * 0x1p112
        let isFinite = half & 0x7c00 != 0x7c00
        let bits = isFinite ? value.bitPattern : 0x7f80_0000 | (half & 0x3ff) << 13
        target[k] = Float(bitPattern: bits | (half & 0x8000) << 16)
      }
      initialized = count
    }
  }

  private func float(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> Float {
    func bits<Bits: FixedWidthInteger>(_ type: Bits.Type) -> Bits {
      Bits(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
    }
    return switch self {
    case .f64: Float(Double(bitPattern: bits(UInt64.self)))
    case .bf16: Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
    default: Float(bitPattern: bits(UInt32.self))
    }
  }
}
