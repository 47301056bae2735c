import NumericKernels
import Platform
import Testing

/// Runs the kernels on every instruction set that the processor has. The set is chosen once for the
/// whole process, so each runs in a process of its own.
@Suite("InstructionSet")
struct InstructionSetTests {
  private static let isMissing: Comment = "skipped: this processor does not have the set"

  /// Compares all kernels with the plain loops of the other tests.
  static func checkKernels(on set: InstructionSet) {
    set.use()
    #expect(InstructionSet.current == set)
    let products = PackedMatrixTests()
    for size in ProductSize.all { products.isPlainProduct(size: size) }
    for columns in [1, 16, 33, 100] {
      products.rowsDoNotDependOnTheirNumber(columns: columns, format: .lanes)
    }
    for (m, k, n) in Int8MatrixTests.sizes { Int8MatrixTests().isPlainProduct(m: m, k: k, n: n) }
    Int8MatrixTests().states()
    for count in [1, 31, 256, 257] { TransposedProductTests().isPlainProduct(count: count) }
    for sizes in ProductAndStep.all {
      ProductBesideStepTests().sameBits(sizes: sizes, hasPeepholes: true)
    }
    for activation in [Activation.exp, .sigmoid, .tanh] {
      ActivationTests().isExact(activation: activation)
    }
    ActivationTests().limits()
    ActivationTests().nanSaturates()
    ActivationTests().placeChangesNothing()
    for kind in StepKind.all {
      LSTMStepTests().forwardIsTheFormula(kind: kind, isTraining: true)
      LSTMStepTests().forwardIsTheFormula(kind: kind, isTraining: false)
      LSTMStepTests().backwardAgrees(kind: kind)
    }
    LSTMStepTests().saturatedGates()
    LSTMStepTests().statesAreExact()
    for width in [1, 5, 8, 19] {
      GatedStepTests().gru(width: width, hasStateBefore: true)
      GatedStepTests().elman(width: width)
    }
    for count in ElementwiseTests.counts {
      ElementwiseTests().adam(count: count)
      ElementwiseTests().descent(count: count)
      ElementwiseTests().sums(count: count)
    }
    ElementwiseTests().maximum()
    for (m, n) in [(1, 1), (3, 6), (10, 6), (7, 13)] {
      NegativeSamplingTests().gradients(m: m, n: n)
      NegativeSamplingTests().float(m: m, n: n)
    }
  }

  @Test("The kernels agree with the plain loops on the baseline set")
  func baseline() async {
    await #expect(processExitsWith: .success) {
      InstructionSetTests.checkKernels(on: .baseline)
    }
  }

  @Test(
    "The kernels agree with the plain loops on AVX2",
    .enabled(if: InstructionSet.avx2.isAvailable, isMissing))
  func avx2() async {
    await #expect(processExitsWith: .success) { InstructionSetTests.checkKernels(on: .avx2) }
  }

  @Test(
    "The kernels agree with the plain loops on AVX-512",
    .enabled(if: InstructionSet.avx512.isAvailable, isMissing))
  func avx512() async {
    await #expect(processExitsWith: .success) { InstructionSetTests.checkKernels(on: .avx512) }
  }

  @Test(
    "The kernels agree with the plain loops where there are matrix tiles",
    .enabled(if: InstructionSet.amx.isAvailable, isMissing))
  func amx() async {
    await #expect(processExitsWith: .success) { InstructionSetTests.checkKernels(on: .amx) }
  }

  #if arch(x86_64)
    /// The digests of `KernelBits` with and without fused multiply-add. If a digest changes, models
    /// that were trained before cannot be reproduced.
    private static let digests = (fused: "86a9da7d5cb51f53", baseline: "b12bff623b8ac384")

    /// The digest of products of 8-bit numbers, on every set.
    private static let int8Digest = "3fec88b89a510735"

    @Test("The baseline set gives the recorded bits")
    func baselineBits() async throws {
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        InstructionSet.baseline.use()
        print("digest", KernelBits.digest())
        print("int8", KernelBits.int8Digest())
      }
      try check(result, digest: Self.digests.baseline)
    }

    @Test(
      "AVX2 gives the recorded bits, the same as AVX-512",
      .enabled(if: InstructionSet.avx2.isAvailable, isMissing))
    func avx2Bits() async throws {
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        InstructionSet.avx2.use()
        print("digest", KernelBits.digest())
        print("int8", KernelBits.int8Digest())
      }
      try check(result, digest: Self.digests.fused)
    }

    @Test(
      "AVX-512 gives the recorded bits, the same as AVX2",
      .enabled(if: InstructionSet.avx512.isAvailable, isMissing))
    func avx512Bits() async throws {
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        InstructionSet.avx512.use()
        print("digest", KernelBits.digest())
        print("int8", KernelBits.int8Digest())
      }
      try check(result, digest: Self.digests.fused)
    }

    private func check(_ result: ExitTest.Result?, digest: String) throws {
      let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
      #expect(output.contains("digest \(digest)\n"), "\(output)")
      #expect(output.contains("int8 \(Self.int8Digest)\n"), "\(output)")
    }
  #endif

  @Test("DOCKET_INSTRUCTION_SET limits the set")
  func environmentVariable() async {
    await #expect(processExitsWith: .success) {
      setenv("DOCKET_INSTRUCTION_SET", "avx2", 1)
      #expect(InstructionSet.current == (InstructionSet.avx2.isAvailable ? .avx2 : .baseline))
    }
    await #expect(processExitsWith: .success) {
      setenv("DOCKET_INSTRUCTION_SET", "unknown", 1)
      #expect(InstructionSet.current == InstructionSet.allCases.last { $0.isAvailable })
    }
  }

  @Test("A process has matrix tiles only after it has requested them")
  func requestingTiles() async {
    await #expect(processExitsWith: .success) {
      unsetenv("DOCKET_INSTRUCTION_SET")
      #expect(PackedFormat.fastest(for: Float.self) == .lanes)
      let isAvailable = InstructionSet.current == .amx
      #expect(PackedFormat.requestTiles() == isAvailable)
      #expect(PackedFormat.fastest(for: Float.self) == (isAvailable ? .tiles : .lanes))
      #expect(PackedFormat.fastest(for: Double.self) == .lanes)
    }
  }

  @Test("A transposed product that is too long for its stack block ends the process with a message")
  func transposedProductTooLong() async throws {
    let result = await #expect(
      processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]
    ) {
      let k = transposedRows + 1
      let a = Guarded<Float>(repeating: 1, count: k)
      let b = Guarded<Float>(repeating: 1, count: Float.Kernels.packedCount(rows: k, columns: 1))
      let c = Guarded<Float>(repeating: 0, count: 1)
      Float.Kernels.transposedProduct(m: 1, k: k, n: 1, a: a.start, packed: b.start, c: c.start)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("broken promise: K of a transposed product"))
  }

  @Test("Negative sampling of rows that are not whole vectors ends the process with a message")
  func samplingOfPartialVectors() async throws {
    let result = await #expect(
      processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]
    ) {
      _ = NegativeSamplingTests.Case<Float>(m: 1, n: 1, width: 17).step(rate: 1)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("broken promise: rows of negative sampling"))
  }
}
