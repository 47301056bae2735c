// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "docket-server",
  products: [
    .library(name: "DocketServer", targets: ["DocketServer"]),
    .executable(name: "docket-serve", targets: ["docket-serve"]),
  ],
  dependencies: [
    .package(name: "docket", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    // The server as a library that takes a registry of stages.
    .target(
      name: "DocketServer",
      dependencies: [
        .product(name: "DocketLibrary", package: "docket"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("Resources/page.html"), .embedInCode("Resources/openapi.json"),
      ],
      swiftSettings: settings),
    // The server with the built-in stages.
    .executableTarget(
      name: "docket-serve",
      dependencies: ["DocketServer", .product(name: "DocketLibrary", package: "docket")],
      swiftSettings: settings),
    // A client that sends any bytes, for tests and measurements on this machine.
    .target(name: "LoopbackClient", swiftSettings: settings),
    // Sends documents over many connections and prints how long the answers take.
    .executableTarget(
      name: "serve-load", dependencies: ["LoopbackClient"], swiftSettings: settings),
    .testTarget(
      name: "DocketServerTests",
      dependencies: [
        "DocketServer", "docket-serve", "LoopbackClient",
        .product(name: "DocketLibrary", package: "docket"),
        .product(name: "docket", package: "docket"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
