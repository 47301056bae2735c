// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// A target may import only targets that are listed above it. `Tests/ArchitectureTests` compares the
/// import lines with this list.
let package = Package(
  name: "docket",
  products: [
    .library(name: "DocketLibrary", targets: ["Docket"]),
    .library(name: "DocketTesting", targets: ["DocketTesting"]),
    .library(name: "DocketCommandLine", targets: ["DocketCommandLine"]),
    .executable(name: "docket", targets: ["docket-command"]),
    .executable(name: "docket-bench", targets: ["docket-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    // Floor 0: C libraries of the system, and the vector kernels that Swift cannot express.

    // Unicode normalization and case folding.
    .systemLibrary(name: "CUtf8proc", providers: [.apt(["libutf8proc-dev"])]),
    // Matrix products that ours are compared with, in tests and benchmarks only.
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    // Reading .gz files.
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    // SHA-256 of corpora, vectors and models.
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    // Gates and matrix products of recurrent layers, compiled once per instruction set.
    .target(name: "CVectorKernels"),
    // Starting processes with calls that the C library declares only as extensions.
    .target(name: "CProcess"),
    // Mapped files that survive truncation of the file.
    .target(name: "CMappedFiles"),
    // The C library of the platform (glibc, musl, Darwin) under one name.
    .target(name: "Platform", swiftSettings: strict),

    // Floor 1: types and tools that everything else shares.

    // The types that every stage shares: documents, tokens, labels, roles, settings, registry.
    .target(name: "PipelineCore", dependencies: ["Platform"], swiftSettings: strict),
    // The only reader of users' files and the only writer of results.
    .target(
      name: "FileAccess", dependencies: ["Platform", "CZlib", "CCrypto", "CMappedFiles", "PipelineCore"],
      swiftSettings: strict),
    // Arithmetic on arrays of numbers, without text and without threads.
    .target(
      name: "NumericKernels", dependencies: ["CVectorKernels", "Platform"], swiftSettings: strict),

    // Floor 2: the stages before the classifier, and the training loop.

    // Normalizers and tokenizers.
    .target(
      name: "Tokenization", dependencies: ["Platform", "CUtf8proc", "PipelineCore"],
      swiftSettings: strict),
    // Stages that run an external program, and checks of such programs.
    .target(
      name: "ExternalStages", dependencies: ["CProcess", "Platform", "PipelineCore", "FileAccess"],
      swiftSettings: strict),
    // Embedding stages and vector files.
    .target(
      name: "Embeddings",
      dependencies: ["Platform", "PipelineCore", "FileAccess", "NumericKernels"],
      swiftSettings: strict),
    // Batches, optimizers and the training loop.
    .target(
      name: "Learning", dependencies: ["Platform", "PipelineCore", "NumericKernels"],
      swiftSettings: strict),

    // Floor 3: the networks.

    // Recurrent layers, pooling, the recurrent classifier and the linear baseline.
    .target(
      name: "Classifiers",
      dependencies: ["Platform", "PipelineCore", "NumericKernels", "Learning"],
      swiftSettings: strict),

    // Floor 4: what surrounds the stages.

    // Number formatting, text tables, display width, HTML escaping, findings.
    .target(
      name: "Messages", dependencies: ["Platform", "PipelineCore", "FileAccess"],
      swiftSettings: strict),
    // Labelled documents: formats, rows, splits, class balance.
    .target(
      name: "Corpora",
      dependencies: ["Platform", "PipelineCore", "FileAccess", "Tokenization", "Messages"],
      swiftSettings: strict),
    // Pipeline files: YAML with positions, settings, overrides, schema, choice of language.
    .target(
      name: "PipelineFiles",
      dependencies: [
        "PipelineCore", "FileAccess", "Tokenization", "Messages", "Corpora",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    // Trained pipelines: model files, checkpoints, classifying documents.
    .target(
      name: "Models",
      dependencies: [
        "Platform", "PipelineCore", "FileAccess", "NumericKernels", "Tokenization", "Messages",
        "Corpora",
        "PipelineFiles",
      ],
      swiftSettings: strict),
    // Scores, charts and report pages.
    .target(
      name: "Reports", dependencies: ["Platform", "PipelineCore", "FileAccess", "Messages"],
      swiftSettings: strict),

    // Floor 5: the face.

    // Training, continued training, checking, drafting and running: what a program imports.
    .target(
      name: "Docket",
      dependencies: [
        "PipelineCore", "FileAccess", "NumericKernels", "Tokenization", "ExternalStages",
        "Embeddings", "Learning", "Classifiers", "Messages", "Corpora", "PipelineFiles", "Models",
        "Reports",
      ],
      swiftSettings: strict),
    // Conformance checks for your own stages.
    .target(
      name: "DocketTesting", dependencies: ["PipelineCore"], swiftSettings: strict),

    // Floor 6: the command.

    // The subcommands of the command, as a library that takes a registry of stages.
    .target(
      name: "DocketCommandLine",
      dependencies: [
        "Platform", "PipelineCore", "ExternalStages", "Embeddings", "Messages", "Corpora",
        "PipelineFiles", "Models", "Reports",
        "Docket", "FileAccess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // The command with the built-in stages.
    .executableTarget(
      name: "docket-command", dependencies: ["DocketCommandLine", "Docket"],
      swiftSettings: strict),

    // Measurements, built by `make bench` only.

    // Times kernels, training and classifying, and prints a JSON line for each.
    .executableTarget(
      name: "docket-bench",
      dependencies: [
        "Platform", "PipelineCore", "FileAccess", "NumericKernels", "Tokenization", "Embeddings",
        "Learning",
        "Classifiers", "Docket", "Corpora", "Messages", "Models", "PipelineFiles", "Reports",
        "COpenBLAS",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/docket-bench", swiftSettings: strict),

    // Tests: one target for each source target.

    // Reads the Swift files of this repository as tokens, for tests of the sources.
    .target(
      name: "SourceText", dependencies: ["FileAccess"], path: "Tests/SourceText",
      swiftSettings: strict),
    // Folders, files and stages that several test targets need.
    .target(
      name: "TestSupport", dependencies: ["FileAccess", "PipelineCore", "Tokenization"],
      path: "Tests/TestSupport", swiftSettings: strict),
    // The program that README.md shows.
    .executableTarget(
      name: "readme-program", dependencies: ["Docket"], path: "Tests/ReadmeProgram",
      swiftSettings: strict),
    // Fuzz targets, run by `Tools/fuzz` on random inputs and by tests on their seeds.
    .target(
      name: "Fuzzing",
      dependencies: [
        "Platform", "PipelineCore", "FileAccess", "Tokenization", "Embeddings", "Corpora",
        "PipelineFiles", "Models", "Docket", "TestSupport",
      ],
      path: "Tools/Fuzzing", exclude: ["seeds"], swiftSettings: strict),
    .testTarget(
      name: "FuzzingTests", dependencies: ["Fuzzing", "FileAccess", "PipelineCore", "SourceText"],
      swiftSettings: strict),
    .testTarget(
      name: "PipelineCoreTests", dependencies: ["PipelineCore"],
      swiftSettings: strict),
    .testTarget(
      name: "FileAccessTests", dependencies: ["FileAccess", "PipelineCore", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "NumericKernelsTests",
      dependencies: ["NumericKernels", "PipelineCore", "DocketTesting", "Platform", "COpenBLAS"],
      swiftSettings: strict),
    .testTarget(
      name: "TokenizationTests",
      dependencies: ["Tokenization", "PipelineCore", "DocketTesting", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ExternalStagesTests",
      dependencies: [
        "ExternalStages", "Platform", "PipelineCore", "FileAccess", "Models", "PipelineFiles",
        "DocketTesting", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "EmbeddingsTests",
      dependencies: [
        "Embeddings", "FileAccess", "PipelineCore", "DocketTesting", "TestSupport",
      ],
      exclude: ["Reference"],
      swiftSettings: strict),
    .testTarget(
      name: "LearningTests",
      dependencies: ["Learning", "NumericKernels", "PipelineCore", "FileAccess"],
      exclude: ["Reference"], swiftSettings: strict),
    .testTarget(
      name: "ClassifiersTests",
      dependencies: [
        "Classifiers", "Platform", "Learning", "NumericKernels", "PipelineCore", "FileAccess",
        "DocketTesting",
      ],
      exclude: ["Reference"],
      swiftSettings: strict),
    .testTarget(
      name: "CorporaTests",
      dependencies: [
        "Corpora", "PipelineFiles", "Docket", "FileAccess", "PipelineCore", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PipelineFilesTests",
      dependencies: [
        "PipelineFiles", "Corpora", "Docket", "Tokenization", "FileAccess", "PipelineCore",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ModelsTests",
      dependencies: [
        "Docket", "FileAccess", "PipelineCore", "Tokenization", "Embeddings", "Classifiers",
        "Learning", "NumericKernels", "Corpora", "PipelineFiles", "Models", "TestSupport",
      ],
      exclude: ["Fixtures", "make-encoder-figures.py", "make-curve-figures.py"], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "NumericKernels", "FileAccess", "PipelineCore", "Messages", "Reports", "TestSupport",
      ],
      exclude: ["Fixtures", "make-evaluation-figures.py"], swiftSettings: strict),
    .testTarget(
      name: "DocketTests",
      dependencies: [
        "Docket", "FileAccess", "PipelineCore", "Tokenization", "Embeddings", "Classifiers",
        "NumericKernels", "Messages", "Corpora", "PipelineFiles", "Models", "Reports",
        "TestSupport", "SourceText",
      ],
      exclude: ["Fixtures", "make-audit-figures.py", "make-check-figures.py"],
      swiftSettings: strict),
    .testTarget(
      name: "DocketTestingTests",
      dependencies: [
        "DocketTesting", "PipelineCore", "FileAccess", "Tokenization", "Embeddings", "Classifiers",
        "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Docket", "DocketCommandLine", "Models", "docket-command", "readme-program", "FileAccess", "DocketTesting", "TestSupport",
      ],
      exclude: ["Plugin"], swiftSettings: strict),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["SourceText"],
      swiftSettings: strict),
    .testTarget(
      name: "MessagesTests",
      dependencies: [
        "SourceText", "PipelineCore", "FileAccess", "Tokenization", "ExternalStages", "Embeddings",
        "Learning",
        "Classifiers", "Messages", "Corpora", "PipelineFiles", "Models", "Reports", "Docket",
      ],
      exclude: ["messages.txt"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
