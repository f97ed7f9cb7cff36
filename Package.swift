// swift-tools-version: 6.0
import PackageDescription

/// Of targets that are tests and compute little themselves, in release builds too: optimizing them takes minutes and gains nothing.
let quicklyBuilt: [SwiftSetting] = [.unsafeFlags(["-Onone"])]

let package = Package(
  name: "Mistique",
  products: [
    .library(name: "Mistique", targets: ["Mistique"]),
    .library(name: "ConvolutionalNetworks", targets: ["ConvolutionalNetworks"]),
    .library(name: "TabularPipelines", targets: ["TabularPipelines"]),
    .library(name: "Diagnosis", targets: ["Diagnosis"]),
    // The C interface: `make library` puts it beside as libmistique.so. A product cannot be called `mistique` too.
    .library(name: "MistiqueC", type: .dynamic, targets: ["MistiqueABI"]),
    .executable(name: "mistique", targets: ["MistiqueTool"]),
    .executable(name: "experiments", targets: ["experiments"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // For make docs alone: no target depends on it.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // Doors to C libraries: a module map and a header, no logic.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "COpenMP", providers: [.apt(["libgomp1"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CXGBoost", pkgConfig: "xgboost", providers: [.apt(["libxgboost-dev"])]),
    .target(name: "GnuplotStream", linkerSettings: [.linkedLibrary("boost_iostreams")]),

    // What every other target may stand on, and which knows none of them.
    .target(name: "Groundwork"),

    // The engine, two floors, and the lower one's hot loops.
    .target(name: "CStorageKernels"),
    .target(name: "MistiqueStorage", dependencies: ["Groundwork", "CStorageKernels", "CZstd", "CZlib", "CXXHash"]),
    .target(
      name: "Mistique",
      dependencies: [
        "Groundwork", "MistiqueStorage", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),

    // The engine for other languages: a header, and what implements it. Sources/PythonMistique, the Python package on it, is no target.
    .target(name: "CMistique", exclude: ["Interface.md"]),
    .target(name: "MistiqueABI", dependencies: ["CMistique", "Mistique", "Diagnosis", "Groundwork"]),

    // The command that looks after a store. Its target is not called as its product: file systems that ignore case would mix it up with the library.
    .executableTarget(
      name: "MistiqueTool",
      dependencies: [
        "Mistique", "TabularPipelines", "ConvolutionalNetworks", "ArrayFiles", "Diagnosis", "ExperimentKit", "Groundwork",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Files of arrays, and models that are nothing else.
    .target(name: "ArrayFiles", dependencies: ["Mistique", "Groundwork", "CZlib"]),

    // What models are made of. The two never meet.
    .target(
      name: "ConvolutionalNetworks",
      dependencies: ["Mistique", "ArrayFiles", "Groundwork", "COneDNN", "COpenMP", .product(name: "Yams", package: "Yams")]),
    .target(
      name: "TabularPipelines",
      dependencies: ["Mistique", "Groundwork", "CXGBoost", "COpenBLAS", "COpenMP", "CZlib", .product(name: "Yams", package: "Yams")]),

    // The laboratory, which knows no engine, and the paper's experiments.
    .target(name: "Diagnosis", dependencies: ["COpenBLAS"]),
    .target(name: "ExperimentKit", dependencies: ["GnuplotStream", "Groundwork"]),
    .executableTarget(
      name: "experiments",
      dependencies: [
        "ExperimentKit", "Groundwork", "Diagnosis", "TabularPipelines", "ConvolutionalNetworks", "ArrayFiles", "Mistique",
        "MistiqueStorage",
        "COneDNN", "CXGBoost",
        "CZstd", "CZlib",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Experiments", exclude: ["Bench/Peers/requirements.txt"], resources: [.copy("Pipelines"), .copy("Bench/Peers")]),

    .target(name: "TestSupport", dependencies: ["Groundwork"], path: "Tests/TestSupport"),
    .testTarget(
      name: "DocumentationTests",
      dependencies: ["MistiqueTool", "experiments", "Mistique", "ConvolutionalNetworks", "TabularPipelines", "TestSupport"]),
    .testTarget(name: "GroundworkTests", dependencies: ["Groundwork", "TestSupport"]),
    .testTarget(
      name: "MistiqueStorageTests", dependencies: ["MistiqueStorage", "CStorageKernels", "Diagnosis", "TestSupport"],
      resources: [.copy("Format/read_store.py"), .copy("Format/frame_encodings.py")]),
    .testTarget(
      name: "MistiqueTests", dependencies: ["Mistique", "MistiqueStorage", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: quicklyBuilt),
    .testTarget(
      name: "ConvolutionalNetworksTests",
      dependencies: ["ConvolutionalNetworks", "Mistique", "Groundwork", "COneDNN", "COpenMP", "TestSupport"],
      resources: [.copy("Golden")]),
    .testTarget(name: "ArrayFilesTests", dependencies: ["ArrayFiles", "Mistique", "CZlib", "TestSupport"]),
    .testTarget(
      name: "TabularPipelinesTests", dependencies: ["TabularPipelines", "Mistique", "Groundwork", "CZlib", "TestSupport"],
      exclude: [
        "Torture/pipeline_oracle.py", "Golden/make_golden.py", "Golden/make_columns.py", "Golden/make_learners.py",
        "Golden/make_csv_options.py", "Golden/make_csv_types.py", "Golden/make_stages.py",
      ],
      resources: [
        .copy("Golden/hostile.csv"), .copy("Golden/lookup.csv"), .copy("Golden/golden.json"), .copy("Golden/columns.json"),
        .copy("Golden/learners.json"), .copy("Golden/csv_options.json"), .copy("Golden/csv_types.json"),
        .copy("Golden/zillow_columns.json"), .copy("Golden/stages.json"),
      ]),
    .testTarget(
      name: "MistiqueToolTests",
      dependencies: ["MistiqueTool", "TabularPipelines", "ConvolutionalNetworks", "ArrayFiles", "Mistique", "TestSupport"],
      exclude: ["Questions/questions_oracle.py", "Questions/make_homes.py", "Questions/homes.csv", "Questions/homes.json"],
      swiftSettings: quicklyBuilt),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: ["experiments", "ExperimentKit", "ArrayFiles", "ConvolutionalNetworks", "Mistique", "TestSupport"],
      resources: [.copy("Policies/Golden")], swiftSettings: quicklyBuilt),
    // A C program as a library, so that a test can run each of its parts.
    .target(name: "CMistiqueProgram", dependencies: ["CMistique"], path: "Tests/CMistiqueTests/Program"),
    .testTarget(
      name: "CMistiqueTests", dependencies: ["MistiqueABI", "CMistique", "CMistiqueProgram", "Mistique", "TestSupport"],
      exclude: ["Program"]),
    .testTarget(name: "ExperimentKitTests", dependencies: ["ExperimentKit"]),
    .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "TestSupport"], resources: [.copy("Golden")]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
