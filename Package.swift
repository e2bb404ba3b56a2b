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
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // System: the thinnest shims. No logic.
    .target(name: "COpenBLAS", path: "Sources/System/COpenBLAS"),
    .target(name: "CFFmpeg", path: "Sources/System/CFFmpeg"),
    .target(
      name: "COneDNN", path: "Sources/System/COneDNN",
      linkerSettings: [.linkedLibrary("dnnl")]),
    .target(
      name: "CSentencePiece", path: "Sources/System/CSentencePiece",
      linkerSettings: [.linkedLibrary("sentencepiece")]),

    .target(
      name: "CNCurses", path: "Sources/System/CNCurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

    // Core: the shared vocabulary.
    room("Core", "Rendering"),
    room("Core", "Prompting"),

    // Model: arithmetic, files, the Wan architecture.
    .target(
      name: "Kernels", path: "Sources/Model/Kernels", exclude: ["SPEED.md"],
      cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=fast", "-Wall", "-Wextra"])]),
    room("Model", "Tensors", ["COpenBLAS", "COneDNN", "Kernels"]),
    room("Model", "Checkpoints", ["Tensors", .product(name: "Crypto", package: "swift-crypto")]),
    room("Model", "WanModel", ["Tensors", "Checkpoints", "CSentencePiece"]),
    .target(
      name: "BuiltInModel", path: "Sources/BuiltInModel", exclude: ["Training"],
      resources: [.copy("wan-nano")], swiftSettings: swift),

    // Workshop: recipe → events → files.
    room("Workshop", "Models", ["Rendering", "WanModel", "Checkpoints", "Tensors"]),
    room("Workshop", "LocalEngine", ["Rendering", "WanModel", "Checkpoints", "Tensors"]),
    room("Workshop", "Media", ["Rendering", "CFFmpeg"]),
    room("Workshop", "History", ["Rendering", .product(name: "GRDB", package: "GRDB.swift")]),
    room(
      "Workshop", "Production",
      [
        "Rendering", "Media", "History", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),

    // Screen: what a person sees.
    room("Screen", "Terminal", ["CNCurses"]),
    room("Screen", "Studio", ["Terminal", "Rendering", "Prompting", "Catalog"]),
    .target(
      // Its path is the package, because its resources are top-level folders: everything else is left out by name.
      name: "Catalog", dependencies: ["Prompting", "TOMLKit"], path: ".",
      exclude: [
        "LICENSE", "README.md", "Tests", "Sources/BuiltInModel", "Sources/Core", "Sources/Model",
        "Sources/Screen/Studio", "Sources/Screen/Terminal", "Sources/System", "Sources/Workshop", "Sources/moviola",
      ],
      sources: ["Sources/Screen/Catalog"],
      resources: [.copy("Themes"), .copy("Prompts")], swiftSettings: swift),

    .executableTarget(
      name: "moviola",
      dependencies: [
        "Rendering", "Tensors", "Checkpoints", "WanModel", "BuiltInModel", "Models", "LocalEngine", "Media",
        "Production",
        "History", "Terminal", "Prompting", "Catalog", "Studio", "TOMLKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Sources/moviola", swiftSettings: swift),

    .target(name: "Fuzzing", path: "Tests/Fuzzing", swiftSettings: swift),
    tests("RenderingTests", ["Rendering"]),
    tests(
      "StudioTests", ["Studio", "Terminal", "Rendering", "Prompting", "Catalog"], resources: [.copy("Goldens")]),
    tests("PromptingTests", ["Prompting"]),
    tests("CatalogTests", ["Catalog", "Prompting"]),
    tests("TensorsTests", ["Tensors", "Kernels"]),
    tests("CheckpointsTests", ["Checkpoints", "Tensors", "Fuzzing"], resources: [.copy("Goldens")]),
    .target(
      name: "GoldenModel", path: "Tests/GoldenModel", resources: [.copy("tiny-a"), .copy("tiny-5b")],
      swiftSettings: swift),
    .target(
      name: "SampleModels", dependencies: ["WanModel", "Checkpoints", "Tensors", "GoldenModel"],
      path: "Tests/SampleModels", swiftSettings: swift),
    tests(
      "WanModelTests", ["WanModel", "Checkpoints", "Tensors", "GoldenModel", "SampleModels", "Fuzzing"],
      resources: [.copy("Goldens")]),
    tests(
      "ModelsTests",
      ["Models", "WanModel", "Checkpoints", "Tensors", "Rendering", "GoldenModel", "SampleModels", "Fuzzing"]),
    tests(
      "LocalEngineTests", ["LocalEngine", "WanModel", "Checkpoints", "Tensors", "Rendering", "GoldenModel"],
      resources: [.copy("Goldens")]),
    tests("TerminalTests", ["Terminal", "CNCurses"]),
    .executableTarget(
      name: "TerminalProbe", dependencies: ["Terminal"], path: "Tests/TerminalProbe", swiftSettings: swift),
    tests("HistoryTests", ["Rendering", "History", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("MediaTests", ["Rendering", "Media", "CFFmpeg"]),
    .target(name: "FakeEngine", dependencies: ["Rendering"], path: "Tests/FakeEngine", swiftSettings: swift),
    .executableTarget(
      name: "LedgerChild", dependencies: ["Rendering", "History", "Production", "FakeEngine"],
      path: "Tests/LedgerChild", swiftSettings: swift),
    tests(
      "ProductionTests",
      [
        "Rendering", "Media", "History", "Production", "FakeEngine", "LedgerChild",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    tests(
      "CommandTests",
      [
        "Rendering", "Media", "History", "Production", "Checkpoints", "WanModel", "Tensors", "FakeEngine",
        "GoldenModel",
        "SampleModels", "Models", "Studio", "TOMLKit", "Fuzzing", "moviola",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  cxxLanguageStandard: .cxx17
)
