// swift-tools-version: 6.2
//
// Measures the engine; `Benchmarks/run` runs it beside its peers.

import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "affectd", path: "..")],
    targets: [
        .executableTarget(
            name: "affect-benchmark",
            dependencies: [.product(name: "AffectEngine", package: "affectd")],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        )
    ]
)
