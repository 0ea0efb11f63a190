import Glibc
import SystemIntegration

/// Fake microphones in the build directory, known to ALSA by `$ALSA_CONFIG_PATH`.
///
/// They are files played in real time by `Tests/Service/fakemic`; no card is needed.
public final class FakeMicrophones {
    private struct Definition {
        let name: String
        let format: String
        let rate: Int
        let channels: Int
        var file = "bytes"
    }

    /// The microphones of all tests: ALSA reads its configuration once per process.
    ///
    /// `s16 s32 s24 s24in32 float lowest highest` run; `faulty` and `absent` are there to be controlled; `u16` and
    /// `slow` offer what nobody takes; these play `bytes`. `voice` and `absent` play speech.
    nonisolated(unsafe) public static let shared = try? FakeMicrophones()

    private static let definitions = [
        Definition(name: "s16", format: "S16_LE", rate: 16_000, channels: 1),
        Definition(name: "s32", format: "S32_LE", rate: 48_000, channels: 2),
        Definition(name: "s24", format: "S24_3LE", rate: 44_100, channels: 2),
        Definition(name: "s24in32", format: "S24_LE", rate: 96_000, channels: 1),
        Definition(name: "float", format: "FLOAT_LE", rate: 32_000, channels: 8),
        Definition(name: "lowest", format: "S16_LE", rate: 8000, channels: 1),
        Definition(name: "highest", format: "S32_LE", rate: 192_000, channels: 2),
        Definition(name: "faulty", format: "S16_LE", rate: 16_000, channels: 1),
        Definition(name: "u16", format: "U16_LE", rate: 16_000, channels: 1),
        Definition(name: "slow", format: "S16_LE", rate: 4000, channels: 1),
        Definition(
            name: "voice",
            format: "S16_LE",
            rate: 16_000,
            channels: 1,
            file: "speech"
        ),
        Definition(
            name: "absent",
            format: "S16_LE",
            rate: 16_000,
            channels: 1,
            file: "speech"
        ),
    ]

    /// Arbitrary bytes, whatever they mean in the format of a microphone.
    public static let bytes = (0..<400_000).map {
        UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11)
    }

    /// Half a second of near silence, then a second of a loud 200 Hz square wave with noise.
    private static let speech: [UInt8] = {
        var seed: UInt32 = 1
        return (0..<24_000).flatMap { index -> [UInt8] in
            seed = seed &* 1_664_525 &+ 1_013_904_223
            let noise = Int16(truncatingIfNeeded: seed >> 28) - 8
            let tone: Int16 = index < 8000 ? 0 : index / 40 % 2 == 0 ? 8000 : -8000
            let sample = UInt16(bitPattern: tone + noise)
            return [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
        }
    }()

    private let directory: String

    private init() throws {
        directory = "\(Self.buildDirectory)/fake-microphones"
        try Directory.make(directory)
        var configuration = """
            </usr/share/alsa/alsa.conf>
            pcm_type.fakemic { lib "\(Self.buildDirectory)/libasound_module_pcm_fakemic.so" }

            """
        for definition in Self.definitions {
            configuration += """
                pcm.\(definition.name) {
                  type fakemic file "\(directory)/\(definition.file)" loop 1
                  control "\(directory)/\(definition.name)"
                  format \(definition.format) rate \(definition.rate) channels \(definition.channels)
                }

                """
            Directory.removeFile("\(directory)/\(definition.name)")
        }
        try writeFile(Self.bytes, to: "\(directory)/bytes")
        try writeFile(Self.speech, to: "\(directory)/speech")
        try writeFile(Array(configuration.utf8), to: "\(directory)/asound.conf")
        try systemCall("setenv") {
            unsafe setenv("ALSA_CONFIG_PATH", "\(directory)/asound.conf", 1)
        }
    }

    /// Makes a microphone behave by a word of `fakemic.c`.
    public func control(_ name: String, _ word: String) throws {
        try writeFile(Array(word.utf8), to: "\(directory)/\(name)")
    }

    /// Where the test executable and the plugin are built.
    private static var buildDirectory: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        let text = String(
            decoding: path[..<max(0, count)].map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return text.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }
}
