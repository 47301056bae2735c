import PipelineCore

/// The sorted keys of `F` n-grams, stored in five bytes each instead of eight. One tensor,
/// `[F, 5]`, contains the low 40 bits of each key, little-endian. Another, `[257]`, contains the
/// index of the first n-gram for each value of the high 8 bits, and then `F`.
///
/// In memory, and in models with 32-bit floats, a key is two floats that hold 24 bits each,
/// `[F, 2]`.
enum PackedKeys {
  static let startsName = TensorFormat.keyName + ".starts"

  /// Returns the indices of the n-grams in the order of their keys; `nil` unless `tensors` contains
  /// the tensors of n-grams with distinct, valid keys.
  static func order(of tensors: [Safetensors.Tensor]) -> [Int]? {
    func floats(_ name: String) -> Safetensors.Tensor? {
      tensors.first { $0.name == name && $0.type == .f32 }
    }
    guard let keyTensor = floats(TensorFormat.keyName), keyTensor.shape.count == 2,
      keyTensor.shape[1] == 2, case let count = keyTensor.shape[0],
      floats(TensorFormat.idfName)?.shape == [count],
      let weights = floats(TensorFormat.ngramWeightName)?.shape, weights.count == 2,
      weights[0] == count, let keys = keys(of: keyTensor)
    else { return nil }
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    guard zip(order, order.dropFirst()).allSatisfy({ keys[$0] < keys[$1] }) else { return nil }
    return order
  }

  /// Returns a tensor with its rows, one per n-gram, in the given order. A tensor whose rows are
  /// not n-grams is returned unchanged.
  static func permuted(_ tensor: Safetensors.Tensor, _ order: [Int]) -> Safetensors.Tensor {
    let names = [TensorFormat.keyName, TensorFormat.idfName, TensorFormat.ngramWeightName]
    guard names.contains(tensor.name) else { return tensor }
    var result = tensor
    let width = tensor.shape.dropFirst().reduce(1, *)
    result.floats = tensor.floats.withUnsafeBufferPointer { floats in
      var values: [Float] = []
      values.reserveCapacity(floats.count)
      for row in order { values += floats[row * width..<(row + 1) * width] }
      return SharedArray(values)
    }
    return result
  }

  /// Returns the two tensors that store sorted keys: the low bits, and the index of the first key
  /// for each value of the high bits.
  static func packed(_ tensor: Safetensors.Tensor) -> [Safetensors.Tensor] {
    let keys = keys(of: tensor) ?? []
    var data: [UInt8] = []
    data.reserveCapacity(5 * keys.count)
    var starts = Array(repeating: Int64(0), count: 257)
    for key in keys {
      for byte in 0..<5 { data.append(UInt8(truncatingIfNeeded: key >> (8 * UInt64(byte)))) }
      starts[Int(key >> 40) + 1] += 1
    }
    for high in 1...256 { starts[high] += starts[high - 1] }
    let bytes = starts.flatMap { start in
      withUnsafeBytes(of: start.littleEndian) { Array($0) }
    }
    return [
      Safetensors.Tensor(name: tensor.name, type: .u8, shape: [keys.count, 5], data: data),
      Safetensors.Tensor(name: startsName, type: .i64, shape: [257], data: bytes),
    ]
  }

  /// Returns the keys as pairs of floats; `nil` unless they are in ascending order.
  static func unpacked(
    _ tensor: Safetensors.Tensor, starts: Safetensors.Tensor
  ) -> Safetensors.Tensor? {
    guard tensor.shape.count == 2, tensor.shape[1] == 5, starts.type == .i64, starts.shape == [257]
    else { return nil }
    let count = tensor.shape[0]
    let places = starts.data.withUnsafeBytes { raw in
      (0..<257).map {
        Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    }
    guard places[0] == 0, places[256] == Int64(count),
      zip(places, places.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    var isSorted = true
    let values = [Float](unsafeUninitializedCapacity: 2 * count) { values, initialized in
      tensor.data.withUnsafeBufferPointer { data in
        for high in 0..<256 {
          var before: Int64 = -1
          for number in Int(places[high])..<Int(places[high + 1]) {
            let bytes = data.baseAddress.map { $0 + 5 * number }
            guard let bytes else { continue }
            let low = UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[2]) << 16
            let middle = UInt32(bytes[3]) | UInt32(bytes[4]) << 8 | UInt32(high) << 16
            values[2 * number] = Float(middle)
            values[2 * number + 1] = Float(low)
            let key = Int64(middle) << 24 | Int64(low)
            isSorted = isSorted && key > before
            before = key
          }
        }
      }
      initialized = 2 * count
    }
    guard isSorted else { return nil }
    var result = tensor
    (result.type, result.shape, result.data) = (.f32, [count, 2], [])
    result.floats = SharedArray(values)
    return result
  }

  /// Returns the keys that pairs of floats represent; `nil` if a float is not a whole number of at
  /// most 24 bits.
  private static func keys(of tensor: Safetensors.Tensor) -> [UInt64]? {
    tensor.floats.withUnsafeBufferPointer { halves in
      var keys: [UInt64] = []
      keys.reserveCapacity(halves.count / 2)
      for k in stride(from: 0, to: halves.count, by: 2) {
        guard let high = half(halves[k]), let low = half(halves[k + 1]) else { return nil }
        keys.append(high << 24 | low)
      }
      return keys
    }
  }

  private static func half(_ value: Float) -> UInt64? {
    guard value >= 0, value < 0x100_0000 else { return nil }
    let number = UInt64(value)
    return Float(number) == value ? number : nil
  }
}
