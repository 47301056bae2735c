// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "docket-mpi",
  products: [
    .library(name: "MessagePassing", targets: ["MessagePassing"]),
    .executable(name: "docket-mpi", targets: ["docket-mpi"]),
  ],
  dependencies: [.package(name: "docket", path: "..")],
  targets: [
    // The MPI library that the system has chosen: Open MPI or MPICH.
    .systemLibrary(
      name: "CMPI", pkgConfig: "mpi-c", providers: [.apt(["libopenmpi-dev", "openmpi-bin"])]),
    // The calls that docket needs, without the macros that Swift cannot see.
    .target(name: "CMessagePassing", dependencies: ["CMPI"]),
    // The processes of an MPI job as a `ProcessGroup`.
    .target(
      name: "MessagePassing",
      dependencies: ["CMessagePassing", .product(name: "DocketLibrary", package: "docket")],
      swiftSettings: settings),
    // Training with the built-in stages.
    .executableTarget(
      name: "docket-mpi",
      dependencies: [
        "MessagePassing",
        .product(name: "DocketLibrary", package: "docket"),
        .product(name: "DocketCommandLine", package: "docket"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "DocketMPITests",
      dependencies: ["docket-mpi", .product(name: "docket", package: "docket")],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
