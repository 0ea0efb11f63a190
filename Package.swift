// swift-tools-version: 6.2
//
// The floors of the house. Arrows go down; `.ci/layers.json` holds them and `.ci/check-layers` proves it.

import PackageDescription

/// Flags that every Swift target of the package shares: data-race safety and strict memory safety.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // For @_lifetime, until the oldest compiler is 6.3, which infers it.
    .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: common)
}

/// Code that waits for others more than it calculates: in a release small rather than fast.
func small(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        swiftSettings: common + [.unsafeFlags(["-Osize"], .when(configuration: .release))]
    )
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: common)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name,
        dependencies: ["TestSupport"] + dependencies,
        swiftSettings: common
    )
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)

/// For `affect-model import` alone.
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "affectd",
    products: [
        .executable(name: "affectd", targets: ["affectd"]),
        .executable(name: "affectctl", targets: ["affectctl"]),
        .executable(name: "affect-model", targets: ["affect-model"]),
        // ALSA finds the plugin of the tests by this name.
        .library(
            name: "asound_module_pcm_fakemic",
            type: .dynamic,
            targets: ["FakeMicrophone"]
        ),
        .library(name: "AffectFeatures", type: .dynamic, targets: ["FeatureABI"]),
        // For the package of the benchmarks.
        .library(
            name: "AffectEngine",
            targets: [
                "AcceleratedKernels", "Features", "Inference", "ModelDescription", "ModelFile",
                "NeuralKernels", "SignalKernels", "VoiceActivity",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without traits: its streams want Foundation, which makes affect-model three times as big.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
    targets: [
        // Floor 0: C libraries and primitives.
        .systemLibrary(name: "CALSA"),
        .systemLibrary(name: "CSystemd"),
        .systemLibrary(name: "CFFTW"),
        .systemLibrary(name: "CSodium"),
        // toml++ (libtomlplusplus-dev) behind a C function.
        .target(name: "CTOMLText"),
        // Limits of a child process, and Landlock.
        .target(name: "CConfinement"),
        library("FixedPointMath"),
        library("JSONText"),
        // Generated code, without strict memory safety.
        .target(
            name: "OnnxFormat",
            dependencies: [protobuf],
            exclude: ["onnx.proto"],
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),

        // Floor 1: kernels and vocabulary.
        library("SignalKernels", ["FixedPointMath"]),
        library("NeuralKernels", ["FixedPointMath"]),
        // Kernels for particular processors; their assertions are those of a debug build.
        .target(
            name: "CNeuralKernels",
            cSettings: [.define("NDEBUG", .when(configuration: .release))]
        ),
        .target(
            name: "CSignalKernels",
            dependencies: ["CNeuralKernels"],
            cSettings: [.define("NDEBUG", .when(configuration: .release))]
        ),
        library("ModelDescription", ["JSONText"]),
        library("TOMLText", ["CTOMLText"]),

        // Floor 2: files, features, messages.
        library("ModelFile", ["JSONText", "ModelDescription"]),
        library("Features", ["AcceleratedKernels", "ModelDescription", "SignalKernels"]),
        library("FrontEndDesign", ["ModelDescription"]),
        small("EventProtocol", ["JSONText"]),
        library(
            "AcceleratedKernels",
            ["CNeuralKernels", "CSignalKernels", "NeuralKernels", "SignalKernels"]
        ),

        // Floor 3: the network.
        library(
            "Inference",
            [
                "AcceleratedKernels", "FixedPointMath", "ModelDescription", "ModelFile",
                "NeuralKernels",
            ]
        ),

        // Floor 4: speech or not.
        library(
            "VoiceActivity",
            [
                "AcceleratedKernels", "Features", "Inference", "ModelDescription", "ModelFile",
                "SignalKernels",
            ]
        ),

        // Floor 5: the product without an operating system, and the tools' numerics.
        library(
            "Recognition",
            [
                "Features", "FixedPointMath", "Inference", "ModelDescription", "ModelFile",
                "VoiceActivity",
            ]
        ),
        library("Quantization", ["Inference", "JSONText", "ModelDescription", "ModelFile"]),
        library(
            "ModelImport",
            [
                "FrontEndDesign", "JSONText", "ModelDescription", "ModelFile", "OnnxFormat",
                "Quantization", protobuf,
            ]
        ),
        library("ReferenceFeatures", ["CFFTW", "FrontEndDesign", "ModelDescription"]),

        // Floor 6: the operating system.
        small("SystemIntegration", ["CConfinement", "CSystemd"]),
        library("AudioCapture", ["CALSA", "SystemIntegration"]),
        small("ModelTrust", ["CSodium"]),
        small("DaemonConfiguration", ["JSONText", "SystemIntegration", "TOMLText"]),

        // Floor 7: the wire, and models on the disk.
        small("Varlink", ["JSONText", "SystemIntegration"]),
        small(
            "ModelStore",
            ["JSONText", "ModelDescription", "ModelFile", "ModelTrust", "SystemIntegration"]
        ),

        // Floor 8: wiring.
        small(
            "DaemonCore",
            [
                "AcceleratedKernels", "AudioCapture", "DaemonConfiguration", "EventProtocol",
                "Inference", "JSONText", "ModelDescription", "ModelFile", "ModelStore",
                "ModelTrust", "Recognition", "SystemIntegration", "Varlink", "VoiceActivity",
            ]
        ),
        library(
            "ControlCore",
            [
                "DaemonConfiguration", "EventProtocol", "JSONText", "SystemIntegration", "Varlink",
                argumentParser,
            ]
        ),
        library(
            "ModelToolCore",
            [
                "AudioCapture", "EventProtocol", "Features", "JSONText", "ModelDescription",
                "ModelFile", "ModelImport", "ModelTrust", "Quantization", "Recognition",
                "ReferenceFeatures",
                "SignalKernels", "SystemIntegration", "VoiceActivity", argumentParser,
            ]
        ),
        .target(
            name: "FeatureABI",
            dependencies: [
                "EventProtocol", "Features", "FrontEndDesign", "JSONText", "ModelDescription",
                "SignalKernels",
                "VoiceActivity",
            ],
            swiftSettings: common,
            // Gold leaves traces of Swift metadata in the dynamic symbols of the library.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        ),

        // Floor 9: entry points.
        .executableTarget(
            name: "affectd",
            dependencies: ["DaemonCore"],
            swiftSettings: common,
            // Nobody links against the daemon, so it exports nothing, and its relocations are packed
            // (Debian 12's C library reads them): an eighth less of it. Functions with the same instructions
            // are one, and the names of all Unicode characters, which Swift's library brings along, are left out:
            // another tenth. `.ci/check-binaries` proves that nothing asks for such a name.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z",
                        "-Xlinker", "pack-relative-relocs", "-Xlinker", "--icf=all", "-Xlinker",
                        "--wrap=_swift_stdlib_getScalarName", "-Xlinker",
                        "--defsym=__wrap__swift_stdlib_getScalarName=0",
                    ],
                    .when(configuration: .release)
                )
            ]
        ),
        executable("affectctl", ["ControlCore"]),
        executable("affect-model", ["ModelToolCore"]),

        // Tests: one target per module, and what they share.
        .target(
            name: "TestSupport",
            dependencies: ["JSONText", "ModelDescription", "ModelFile"],
            path: "Tests/TestSupport",
            swiftSettings: common
        ),
        .target(
            name: "FakeMicrophone",
            path: "Tests/Service/fakemic",
            cSettings: [.define("PIC")],
            linkerSettings: [.linkedLibrary("asound")]
        ),
        .target(name: "CAllocationProbe", path: "Tests/CAllocationProbe"),
        .target(name: "CDiskTrace", path: "Tests/CDiskTrace"),
        // Ended in the middle by the tests of the model store.
        .executableTarget(
            name: "store-steps",
            dependencies: [
                "ModelDescription", "ModelFile", "ModelStore", "ModelTrust",
                "SystemIntegration", "TestSupport",
            ],
            path: "Tests/StoreSteps",
            swiftSettings: common
        ),
        .target(
            name: "ServiceTestSupport",
            dependencies: ["CSystemd", "FakeMicrophone", "SystemIntegration"],
            path: "Tests/ServiceTestSupport",
            swiftSettings: common
        ),
        tests("FixedPointMathTests", ["FixedPointMath"]),
        tests("JSONTextTests", ["JSONText"]),
        tests("SignalKernelsTests", ["AcceleratedKernels", "FixedPointMath", "SignalKernels"]),
        tests(
            "NeuralKernelsTests",
            ["AcceleratedKernels", "FixedPointMath", "JSONText", "NeuralKernels"]
        ),
        tests("ModelFileTests", ["JSONText", "ModelDescription", "ModelFile"]),
        tests(
            "FeaturesTests",
            [
                "CAllocationProbe", "Features", "FrontEndDesign", "JSONText", "ModelDescription",
                "ReferenceFeatures", "SignalKernels",
            ]
        ),
        tests("EventProtocolTests", ["EventProtocol", "JSONText", "SystemIntegration"]),
        tests(
            "InferenceTests",
            [
                "AcceleratedKernels", "CAllocationProbe", "Inference", "JSONText",
                "ModelDescription", "ModelFile",
            ]
        ),
        tests(
            "VoiceActivityTests",
            ["Features", "FrontEndDesign", "ModelDescription", "VoiceActivity"]
        ),
        tests(
            "RecognitionTests",
            [
                "CAllocationProbe", "Features", "Inference", "ModelDescription", "ModelFile",
                "Recognition", "VoiceActivity",
            ]
        ),
        tests(
            "QuantizationTests",
            ["Inference", "JSONText", "ModelDescription", "ModelFile", "Quantization"]
        ),
        tests("TOMLTextTests", ["TOMLText"]),
        tests(
            "DaemonConfigurationTests",
            ["DaemonConfiguration", "ServiceTestSupport", "SystemIntegration"]
        ),
        tests(
            "ModelImportTests",
            ["JSONText", "ModelDescription", "ModelFile", "ModelImport", "Quantization"]
        ),
        tests("SystemIntegrationTests", ["ServiceTestSupport", "SystemIntegration"]),
        tests("AudioCaptureTests", ["AudioCapture", "ServiceTestSupport", "SystemIntegration"]),
        tests("ModelTrustTests", ["ModelTrust"]),
        tests(
            "ModelStoreTests",
            [
                "CDiskTrace", "ModelDescription", "ModelFile", "ModelStore", "ModelTrust",
                "ServiceTestSupport", "SystemIntegration", "store-steps",
            ]
        ),
        tests("VarlinkTests", ["EventProtocol", "JSONText", "SystemIntegration", "Varlink"]),
        tests(
            "DaemonCoreTests",
            [
                "AudioCapture", "CAllocationProbe", "DaemonConfiguration", "DaemonCore",
                "EventProtocol", "JSONText", "ModelDescription", "ModelFile", "ModelStore",
                "ModelTrust", "Recognition", "ServiceTestSupport", "SystemIntegration", "Varlink",
            ]
        ),
        tests(
            "ControlCoreTests",
            [
                "ControlCore", "EventProtocol", "JSONText", "ServiceTestSupport",
                "SystemIntegration", "Varlink",
            ]
        ),
        tests(
            "FuzzTests",
            [
                "AudioCapture", "DaemonConfiguration", "Inference", "JSONText", "ModelFile",
                "ServiceTestSupport", "SystemIntegration", "Varlink",
            ]
        ),
        tests(
            "CommandTests",
            [
                "Features", "ModelDescription", "ModelFile", "ModelToolCore", "Recognition",
                "ServiceTestSupport", "VoiceActivity",
            ]
        ),
    ],
    cxxLanguageStandard: .cxx17
)
