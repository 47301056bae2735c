import CVectorKernels

/// The instruction sets that the kernels are compiled for. Each includes the ones before it.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// What every processor of the platform has.
  case baseline
  /// Vectors of 256 bits and fused multiply-add.
  case avx2
  /// Vectors of 512 bits; the same bits as `avx2`.
  case avx512
  /// Matrix tiles as well, for products of a training; see `PackedFormat.tiles`.
  case amx

  /// The set in use: the widest that the processor has, or a narrower one that the environment
  /// variable `DOCKET_INSTRUCTION_SET` names.
  package static var current: InstructionSet {
    InstructionSet(rawValue: String(cString: vk_instruction_set())) ?? .baseline
  }

  /// Whether the processor has the set.
  package var isAvailable: Bool { vk_has_instruction_set(rawValue) }

  /// Makes the whole process use this set. For tests.
  ///
  /// - Precondition: the set is available, and no kernel is running.
  package func use() { vk_use_instruction_set(rawValue) }
}
