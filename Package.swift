// swift-tools-version: 6.2
import PackageDescription

// The manifest is the map of the house: five floors, and a target imports only what its row names.
// System → Core → Model → Workshop → Screen; nobody reaches upward.

let swift: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func room(_ floor: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)", swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources,
    swiftSettings: swift)
}

let package = Package(
  name: "moviola",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "moviola", targets: ["moviola"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // System: module maps and the thinnest shims. No logic.
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/System/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CFFmpeg", path: "Sources/System/CFFmpeg", pkgConfig: "libavformat",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev"])]),
    .target(
      name: "COneDNN", path: "Sources/System/COneDNN",
      linkerSettings: [.linkedLibrary("dnnl")]),
    .target(
      name: "CSentencePiece", path: "Sources/System/CSentencePiece",
      linkerSettings: [.linkedLibrary("sentencepiece")]),

    // Core: the shared vocabulary.
    room("Core", "Rendering"),

    // Model: arithmetic, files, the Wan architecture.
    .target(
      name: "Kernels", path: "Sources/Model/Kernels",
      cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=fast", "-Wall", "-Wextra"])]),
    room("Model", "Tensors", ["COpenBLAS", "COneDNN", "Kernels"]),
    room("Model", "Checkpoints", ["Tensors", .product(name: "Crypto", package: "swift-crypto")]),
    room("Model", "WanModel", ["Tensors", "Checkpoints", "CSentencePiece"]),
    .target(
      name: "BuiltInModel", path: "Sources/BuiltInModel", exclude: ["Training"],
      resources: [.copy("wan-nano")], swiftSettings: swift),

    // Workshop: recipe → events → files.
    room("Workshop", "LocalEngine", ["Rendering", "WanModel", "Checkpoints", "Tensors"]),
    room("Workshop", "Media", ["Rendering", "CFFmpeg"]),
    room("Workshop", "Production", ["Rendering", "Media", .product(name: "Crypto", package: "swift-crypto")]),

    .executableTarget(
      name: "moviola",
      dependencies: [
        "Rendering", "Tensors", "Checkpoints", "WanModel", "BuiltInModel", "LocalEngine", "Media", "Production",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/moviola", swiftSettings: swift),

    .target(name: "Fuzzing", path: "Tests/Fuzzing", swiftSettings: swift),
    tests("RenderingTests", ["Rendering"]),
    tests("TensorsTests", ["Tensors", "Kernels"]),
    tests("CheckpointsTests", ["Checkpoints", "Tensors", "Fuzzing"], resources: [.copy("Goldens")]),
    .target(
      name: "GoldenModel", path: "Tests/GoldenModel", resources: [.copy("tiny-a")], swiftSettings: swift),
    tests(
      "WanModelTests", ["WanModel", "Checkpoints", "Tensors", "GoldenModel", "Fuzzing"],
      resources: [.copy("Goldens")]),
    tests(
      "LocalEngineTests", ["LocalEngine", "WanModel", "Checkpoints", "Tensors", "Rendering", "GoldenModel"],
      resources: [.copy("Goldens")]),
    tests("MediaTests", ["Rendering", "Media", "CFFmpeg"]),
    .target(name: "FakeEngine", dependencies: ["Rendering"], path: "Tests/FakeEngine", swiftSettings: swift),
    tests(
      "ProductionTests",
      ["Rendering", "Media", "Production", "FakeEngine", .product(name: "Crypto", package: "swift-crypto")]),
    tests(
      "CommandTests",
      [
        "Rendering", "Media", "Production", "FakeEngine", "moviola",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  cxxLanguageStandard: .cxx17
)
