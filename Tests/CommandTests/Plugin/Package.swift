// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "plugin",
  dependencies: [.package(name: "docket", path: "REPOSITORY")],
  targets: [
    .executableTarget(
      name: "plugin",
      dependencies: [
        .product(name: "DocketLibrary", package: "docket"),
        .product(name: "DocketCommandLine", package: "docket"),
        .product(name: "DocketTesting", package: "docket"),
      ])
  ]
)
