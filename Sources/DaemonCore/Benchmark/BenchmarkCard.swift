import AudioCapture
import Recognition

/// What stands for a sound card: it stores sound in a format, and samples are read from it as from one.
struct BenchmarkCard {
    /// What a card delivers.
    struct Format: Equatable {
        let stream: StreamFormat
        let encoding: SampleEncoding

        /// What cards of boards deliver, the cheapest to hear and the dearest that is common.
        static let all = [
            Format(
                stream: StreamFormat(sampleRate: 16_000, channelCount: 1),
                encoding: .signed16
            ),
            Format(
                stream: StreamFormat(sampleRate: 48_000, channelCount: 2),
                encoding: .signed32
            ),
        ]

        /// The format that recognition is prepared for.
        var audio: AudioFormat {
            AudioFormat(sampleRate: stream.sampleRate, channelCount: stream.channelCount)
        }
    }

    let format: Format
    /// The samples that were read last, the first `count` of them.
    private(set) var samples: [Int16]
    private(set) var count = 0

    private var bytes: [UInt8]

    init(_ format: Format) {
        self.format = format
        let longest = Microphone.WakeInterval.silence.rawValue
        let count = format.stream.sampleRate * longest / 1000 * format.stream.channelCount
        bytes = Array(repeating: 0, count: count * format.encoding.byteCount)
        samples = Array(repeating: 0, count: count)
    }

    /// Stores sound of 16 kHz at the rate of the card, on all of its channels.
    mutating func store(_ sound: ArraySlice<Int16>) {
        let ratio = format.stream.sampleRate / BenchmarkSound.sampleRate
        let width = format.encoding.byteCount
        var place = 0
        var before = Int(sound.first ?? 0)
        for sample in sound {
            for step in 1...ratio {
                let value = before + (Int(sample) - before) * step / ratio
                // The high bytes hold the sample, the low ones of a wider encoding are zero.
                let stored = UInt32(truncatingIfNeeded: value) << (8 * (width - 2))
                for _ in 0..<format.stream.channelCount {
                    for byte in 0..<width {
                        bytes[place] = UInt8(truncatingIfNeeded: stored >> (8 * byte))
                        place += 1
                    }
                }
            }
            before = Int(sample)
        }
        count = place / width
    }

    /// Reads what is stored.
    mutating func read() {
        decode(bytes, count * format.encoding.byteCount, as: format.encoding, into: &samples)
    }
}

private func decode(
    _ bytes: [UInt8],
    _ count: Int,
    as encoding: SampleEncoding,
    into samples: inout [Int16]
) {
    var target = samples.mutableSpan
    encoding.decode(bytes.span.extracting(0..<count), into: &target)
}
