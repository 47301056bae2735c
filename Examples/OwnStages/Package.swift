// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "own-stages",
  products: [
    .library(name: "OwnStages", targets: ["OwnStages"]),
    .executable(name: "own-docket", targets: ["own-docket"]),
  ],
  dependencies: [.package(name: "docket", path: "../..")],
  targets: [
    // The stages, and a registry that contains them and the built-in stages.
    .target(
      name: "OwnStages", dependencies: [.product(name: "DocketLibrary", package: "docket")],
      swiftSettings: settings),
    // The command with these stages.
    .executableTarget(
      name: "own-docket",
      dependencies: ["OwnStages", .product(name: "DocketCommandLine", package: "docket")],
      swiftSettings: settings),
    .testTarget(
      name: "OwnStagesTests",
      dependencies: [
        "OwnStages",
        .product(name: "DocketLibrary", package: "docket"),
        .product(name: "DocketTesting", package: "docket"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
