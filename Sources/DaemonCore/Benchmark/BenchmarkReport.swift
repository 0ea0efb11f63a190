import AudioCapture
import EventProtocol
import SystemIntegration

/// What recognition costs on a machine.
package struct BenchmarkReport {
    /// What it costs to hear one format; times are processor time in nanoseconds.
    struct FormatCost {
        let format: BenchmarkCard.Format
        /// Of a second of silence, with the gate shut.
        let silence: UInt64
        /// Of a second of speech, all included.
        let speech: UInt64
        /// Of a second of speech, gate, resampler and front end alone.
        let frontEnd: UInt64
        /// Of the end of an utterance.
        let end: BenchmarkEnd
    }

    /// Memory of the process, in kilobytes.
    struct Memory {
        var proportional = 0
        var resident = 0

        /// As it is now.
        static var now: Memory {
            Memory(
                proportional: ProcessUsage.proportionalKilobytes,
                resident: ProcessUsage.residentKilobytes
            )
        }
    }

    let board: Board
    /// The variant of the kernels, such as "neon".
    let kernels: String
    let emotion: ModelReference
    let speech: ModelReference?
    /// What was played.
    let sound: String
    let formats: [FormatCost]
    /// Of one answer of the network.
    let windowNanoseconds: UInt64
    /// From one answer in speech to the next.
    let windowMilliseconds: UInt64
    let memory: Memory
}

extension BenchmarkCard.Format {
    /// In words, such as "48 kHz stereo S32_LE".
    var name: String {
        let channels = stream.channelCount == 1 ? "mono" : "stereo"
        return "\(stream.sampleRate / 1000) kHz \(channels) \(encoding.alsaName)"
    }
}
