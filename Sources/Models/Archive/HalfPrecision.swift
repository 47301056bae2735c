import PipelineCore
import PipelineFiles

/// Tensors of 16-bit and other floats: only ever in files; everything computes with 32 bits.
extension Safetensors.Tensor {
  /// The same tensor in 16 bits a number, rounded to nearest.
  ///
  /// - Precondition: it holds 32-bit floats.
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

  /// The same tensor in 32 bits a number, if it holds floats of another size.
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

  /// The float of a type that begins at `offset`.
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

extension TrainedPipeline {
  /// The same pipeline with vectors as its file will hold them, so that it answers the same before
  /// it is written and after it is read.
  ///
  /// - Throws: `TensorError`, never for a model that was just trained.
  package func withStoredVectors() throws -> TrainedPipeline {
    guard let table = model.embedding, table.precision == .float16 else { return self }
    let model = try description.classifier.restoreModel(
      from: TensorCollection(model.tensors), embedding: table.rounded, labelCount: labels.count)
    return TrainedPipeline(
      description: description, labels: labels, model: model, record: record,
      thresholds: thresholds)
  }
}
