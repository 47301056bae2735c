import CVectorKernels

/// The instruction sets that the kernels are compiled for. Each includes the ones before it.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// The instructions that every processor of the platform supports.
  case baseline
  /// 256-bit vectors and fused multiply-add.
  case avx2
  /// 512-bit vectors; results are bitwise identical to `avx2`.
  case avx512
  /// Matrix tiles in addition, for the products in training; see `PackedFormat.tiles`.
  case amx

  /// The set in use: the widest that the processor supports, or a narrower one given by the
  /// environment variable `DOCKET_INSTRUCTION_SET`.
  package static var current: InstructionSet {
    InstructionSet(rawValue: String(cString: vk_instruction_set())) ?? .baseline
  }

  /// Whether the processor supports the set.
  package var isAvailable: Bool { vk_has_instruction_set(rawValue) }

  /// Makes the whole process use this set. For tests.
  ///
  /// - Precondition: the set is available, and no kernel is running.
  package func use() { vk_use_instruction_set(rawValue) }
}
