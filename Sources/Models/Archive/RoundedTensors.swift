import NumericKernels
import PipelineCore

/// How a model file stores a tensor of floats.
///
/// The rounded formats store 8-bit numbers as `U8`: a number `q` from -127 to 127 is stored as
/// `q + 128`. The tensor `NAME.scale` contains the scales; it has length 1 along each axis that
/// shares a scale. The float is `q` times its scale (`Int8Rounding`).
enum TensorFormat: Equatable {
  /// 32-bit floats.
  case floats
  /// 16-bit floats.
  case halves
  /// A scale per row, `[R, 1]`.
  case rows
  /// A scale per column, `[1, C]`.
  case columns
  /// One scale, `[1]`.
  case whole
  /// Keys of n-grams; see `PackedKeys`.
  case keys

  /// The name of the tensor with the scales.
  static func scaleName(of name: String) -> String { name + ".scale" }

  /// The names of the tensors with one row per n-gram, all in the same order: keys, inverse
  /// document frequencies, weights.
  static let keyName = "ngrams.key"
  static let idfName = "ngrams.idf"
  static let ngramWeightName = "ngrams.weight"

  /// Returns the format of a tensor in a model of this precision.
  ///
  /// Word vectors and the weights of recurrent layers have one scale per row, that is, per word or
  /// per unit of a gate. The weights of n-grams have one scale per label, because their rows
  /// contain few numbers. Biases and output layers are small and remain floats, as do the
  /// probabilities of the validation documents.
  init(of name: String, shape: [Int], _ precision: ModelPrecision) {
    self = .floats
    guard precision != .float32, !name.hasPrefix("validation."), !name.hasSuffix(".scale") else {
      return
    }
    if name == Self.keyName, shape.count == 2, shape[1] == 2 {
      self = .keys
    } else if precision == .float16 {
      self = .halves
    } else if shape.count == 2 {
      let isRecurrent = name.contains(".weight_ih_") || name.contains(".weight_hh_")
      if isRecurrent || [ModelArchive.vectorTensor, ModelArchive.ngramTensor].contains(name) {
        self = .rows
      } else if name == Self.ngramWeightName {
        self = .columns
      }
    } else if name == Self.idfName, shape.count == 1 {
      self = .whole
    }
  }

  /// Returns the shape of the scales of a tensor; `nil` if it has none.
  fileprivate func scaleShape(of shape: [Int]) -> [Int]? {
    switch self {
    case .rows: [shape[0], 1]
    case .columns: [1, shape[1]]
    case .whole: [1]
    case .floats, .halves, .keys: nil
    }
  }

  /// Returns which scale each number has: `run` consecutive numbers share a scale, and after
  /// `period` scales the first one is used again.
  fileprivate func layout(of shape: [Int]) -> (run: Int, period: Int) {
    switch self {
    case .rows: (shape[1], shape[0])
    case .columns: (1, shape[1])
    default: (shape.reduce(1, *), 1)
    }
  }
}

// MARK: - Writing

extension Safetensors {
  /// Returns the content with the tensors in the formats of this precision. N-grams are sorted by
  /// key.
  ///
  /// - Throws: `ModelError` if a number is too large for 16 bits.
  func rounded(to precision: ModelPrecision) throws(ModelError) -> Safetensors {
    guard precision != .float32 else { return self }
    var content = self
    content.tensors = []
    content.require(precision)
    let order = PackedKeys.order(of: tensors)
    for var tensor in tensors {
      if let order { tensor = PackedKeys.permuted(tensor, order) }
      guard tensor.type == .f32 else {
        content.tensors.append(tensor)
        continue
      }
      let format = TensorFormat(of: tensor.name, shape: tensor.shape, precision)
      switch format {
      case .floats: content.tensors.append(tensor)
      case .halves:
        guard tensor.floats.fitsHalves else {
          throw ModelError(.beyondFloat16(tensor: tensor.name), at: nil)
        }
        content.tensors.append(tensor.halved)
      case .keys: content.tensors += order == nil ? [tensor] : PackedKeys.packed(tensor)
      case .rows, .columns, .whole: content.tensors += tensor.rounded(as: format)
      }
    }
    return content
  }
}

extension Safetensors.Tensor {
  /// Returns the tensor as 8-bit numbers, and the tensor with its scales.
  ///
  /// - Precondition: the tensor has 32-bit floats.
  fileprivate func rounded(as format: TensorFormat) -> [Safetensors.Tensor] {
    let (run, period) = format.layout(of: shape)
    var largest = Array(repeating: Float(0), count: period)
    var data: [UInt8] = []
    data.reserveCapacity(floats.count)
    let scales = floats.withUnsafeBufferPointer { floats in
      for start in stride(from: 0, to: floats.count, by: max(run, 1)) {
        let part = UnsafeBufferPointer(rebasing: floats[start..<start + run])
        let index = start / run % period
        largest[index] = max(largest[index], Int8Rounding.largest(of: part))
      }
      let scales = largest.map { Int8Rounding.scale(ofLargest: $0) }
      for start in stride(from: 0, to: floats.count, by: max(run, 1)) {
        let scale = scales[start / run % period]
        for value in floats[start..<start + run] {
          data.append(UInt8(Int(Int8Rounding.round(value, scale)) + 128))
        }
      }
      return scales
    }
    let scale = NamedTensor(
      name: TensorFormat.scaleName(of: name), shape: format.scaleShape(of: shape) ?? [],
      values: scales)
    return [
      Safetensors.Tensor(name: name, type: .u8, shape: shape, data: data),
      Safetensors.Tensor(scale),
    ]
  }
}

// MARK: - Reading

extension Safetensors {
  /// Returns the content of a model with this precision, converted to 32-bit floats.
  ///
  /// - Throws: `ModelError` if a tensor does not have the format of the precision, or if rounding
  ///   it again would change it.
  func widened(from precision: ModelPrecision, name: String) throws(ModelError) -> Safetensors {
    guard precision != .float32 else { return self }
    func inconsistent(_ what: String) -> ModelError {
      ModelError(.inconsistent(what), at: .file(name))
    }
    var content = self
    content.tensors = []
    var companions: Set<String> = []
    for tensor in tensors {
      var floats = tensor
      let isPacked = tensor.name == TensorFormat.keyName && tensor.type == .u8
      let format =
        isPacked ? .keys : TensorFormat(of: tensor.name, shape: tensor.shape, precision)
      switch format {
      case .floats: break
      case .halves:
        guard tensor.type == .f16 || !tensor.type.isFloat else {
          throw inconsistent("\(tensor.name) does not have the precision \(precision)")
        }
      case .keys where tensor.type != .f32:
        let startsName = PackedKeys.startsName
        guard isPacked, let starts = tensors.first(where: { $0.name == startsName }),
          let keys = PackedKeys.unpacked(tensor, starts: starts)
        else { throw inconsistent("tensor \(tensor.name) has an invalid value") }
        companions.insert(startsName)
        floats = keys
      case .keys: break
      case .rows, .columns, .whole:
        let scaleName = TensorFormat.scaleName(of: tensor.name)
        guard tensor.type == .u8, let scales = tensors.first(where: { $0.name == scaleName }),
          scales.type == .f32, scales.shape == format.scaleShape(of: tensor.shape)
        else {
          throw inconsistent("\(tensor.name) does not have the precision \(precision)")
        }
        guard let widened = tensor.widened(from: format, scales: scales.floats.array) else {
          throw inconsistent("\(tensor.name) and its scales do not match")
        }
        companions.insert(scaleName)
        floats = widened
      }
      content.tensors.append(floats)
    }
    content.tensors.removeAll { companions.contains($0.name) }
    return content
  }
}

extension Safetensors.Tensor {
  /// Returns 8-bit numbers as floats; `nil` unless each scale is the one that rounding these floats
  /// would give. Such a scale is 0 if all its numbers are 0; otherwise it has at most 16
  /// significant bits, and the largest number is 127 or -127.
  fileprivate func widened(from format: TensorFormat, scales: [Float]) -> Safetensors.Tensor? {
    let (run, period) = format.layout(of: shape)
    guard scales.allSatisfy(Int8Rounding.isScale) else { return nil }
    var largest = Array(repeating: Int32(0), count: period)
    var isValid = true
    let values = [Float](unsafeUninitializedCapacity: data.count) { values, count in
      for start in stride(from: 0, to: data.count, by: max(run, 1)) {
        let index = start / run % period
        let scale = scales[index]
        var most = largest[index]
        for k in start..<start + run {
          let number = Int32(data[k]) - 128
          most = max(most, abs(number))
          values[k] = Float(number) * scale
        }
        largest[index] = most
      }
      count = data.count
    }
    for (most, scale) in zip(largest, scales) {
      isValid = isValid && most == (scale == 0 ? 0 : 127)
    }
    guard isValid else { return nil }
    var tensor = self
    (tensor.type, tensor.data, tensor.floats) = (.f32, [], SharedArray(values))
    return tensor
  }
}
