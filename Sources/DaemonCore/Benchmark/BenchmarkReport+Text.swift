import EventProtocol
import SystemIntegration

extension BenchmarkReport {
    /// A table for people, and behind it one line to paste into a report.
    package var text: String {
        let cores = board.coreCount == 1 ? "1 core" : "\(board.coreCount) cores"
        let processor = [board.core, cores, board.clock].compactMap { $0 }.joined(separator: ", ")
        var lines = [
            "board         \(board.name)",
            "processor     \(processor)",
            "kernel        \(board.kernel), \(Board.architecture)",
            "kernels       \(kernels)",
            "model         \(Self.name(emotion))",
            "speech model  \(speech.map { Self.name($0) } ?? "none, the energy gate decides")",
            "sound         \(sound)",
            "",
            Self.row("processor time of one core", formats.map(\.format.name)),
            Self.row("a second of silence, gate shut", formats.map { Self.load($0.silence) }),
            Self.row("a second of speech", formats.map { Self.load($0.speech) }),
            Self.row("  of it gate and front end", formats.map { Self.load($0.frontEnd) }),
            Self.row(
                "end of an utterance to its event",
                formats.map {
                    "\(Self.milliseconds($0.end.nanoseconds))"
                        + " after \(Self.seconds($0.end.utteranceMicroseconds))"
                }
            ),
            "",
            "one answer of the network  \(Self.milliseconds(windowNanoseconds)),"
                + " every \(windowMilliseconds) ms in speech",
            "memory                     \(Self.memory("PSS", memory.proportional)),"
                + " \(Self.memory("RSS", memory.resident))",
            "",
            "To report, paste this line:",
        ]
        lines.append(reportLine)
        return lines.joined(separator: "\n") + "\n"
    }

    /// Everything in one line, fields between semicolons.
    private var reportLine: String {
        func all(_ value: (FormatCost) -> UInt64) -> String {
            formats.map { Self.load(value($0)) }.joined(separator: ", ")
        }
        return [
            "affectd \(ProductVersion.text)",
            [board.name, board.core, board.clock].compactMap { $0 }.joined(separator: ", "),
            "\(board.kernel) \(Board.architecture)",
            kernels,
            [emotion, speech].compactMap { $0.map { Self.name($0) } }.joined(separator: ", "),
            "formats \(formats.map(\.format.name).joined(separator: ", "))",
            "silence \(all(\.silence))",
            "speech \(all(\.speech))",
            "front end \(all(\.frontEnd))",
            "end \(formats.map { Self.milliseconds($0.end.nanoseconds) }.joined(separator: ", "))",
            "window \(Self.milliseconds(windowNanoseconds))",
            "\(Self.memory("PSS", memory.proportional)), \(Self.memory("RSS", memory.resident))",
        ].joined(separator: "; ")
    }

    private static func name(_ model: ModelReference) -> String {
        "\(model.name) release \(model.release)"
    }

    /// A title and what stands under each format.
    private static func row(_ title: String, _ cells: [String]) -> String {
        var line = title
        for (index, cell) in cells.enumerated() {
            let column = 34 + 24 * index
            line += String(repeating: " ", count: max(2, column - line.count)) + cell
        }
        return line
    }

    /// Processor time of a second, and the share of one core that it is.
    private static func load(_ nanoseconds: UInt64) -> String {
        "\(decimal((nanoseconds + 500) / 1000, digits: 3)) ms"
            + " (\(decimal((nanoseconds + 5000) / 10_000, digits: 3)) %)"
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        "\(decimal((nanoseconds + 5000) / 10_000, digits: 2)) ms"
    }

    private static func seconds(_ microseconds: UInt64) -> String {
        "\(decimal((microseconds + 50_000) / 100_000, digits: 1)) s"
    }

    private static func memory(_ kind: String, _ kilobytes: Int) -> String {
        "\(kind) \(decimal((UInt64(kilobytes) * 10 + 512) / 1024, digits: 1)) MiB"
    }

    /// A whole number of the last digit's units, with the point put in.
    private static func decimal(_ value: UInt64, digits: Int) -> String {
        let scale = (0..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
        let fraction = String(value % scale)
        return "\(value / scale)." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }
}
