// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Mistique",
  products: [
    .library(name: "Mistique", targets: ["Mistique"])
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")
  ],
  targets: [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

    .target(name: "MistiqueStorage", dependencies: ["CZstd", "CZlib", "CXXHash"]),
    .target(name: "Mistique", dependencies: ["MistiqueStorage", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "Diagnosis"),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "MistiqueStorageTests", dependencies: ["MistiqueStorage", "TestSupport"]),
    .testTarget(name: "MistiqueTests", dependencies: ["Mistique", "TestSupport"]),
    .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
