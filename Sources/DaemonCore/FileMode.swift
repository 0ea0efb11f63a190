import AudioCapture
import EventProtocol
import ModelDescription
import Recognition
import SystemIntegration

/// `affectd --input`: the pipeline over a file, with no clock but the audio.
struct FileMode {
    /// Interleaved samples of one read at most.
    private static let chunkFrames = 4096

    let input: String
    let format: Options.Format
    let models: ModelSet
    let options: RecognizerOptions

    /// Prints the events of the input on standard output.
    ///
    /// - Throws: `input`, `modelUnfit`, `system` when standard output is closed.
    func run() throws(DaemonError) {
        let reader = try open()
        var recognizer = try models.recognizer(
            for: AudioFormat(
                sampleRate: reader.format.sampleRate,
                channelCount: reader.format.channelCount
            ),
            options: options
        )
        var printer = EventPrinter(
            format: format,
            translator: EventTranslator(labels: recognizer.manifest.labels)
        )
        var samples = [Int16](
            repeating: 0,
            count: Self.chunkFrames * reader.format.channelCount
        )
        var frameCount: UInt64 = 0
        while let count = try read(reader, &samples) {
            frameCount += UInt64(count / reader.format.channelCount)
            var taken = 0
            while taken < count {
                taken += recognizer.process(samples.span.extracting(taken..<count))
                try printer.print(recognizer.events)
            }
        }
        recognizer.finish()
        try printer.print(recognizer.events)
        if reader.isTruncated {
            try printer.warn("\(input): the file ends before the length that its header states")
        }
        try printer.printEnd(
            audioMilliseconds: frameCount * 1000 / UInt64(reader.format.sampleRate),
            featureFrames: UInt64(recognizer.frameCount)
        )
    }

    private func open() throws(DaemonError) -> AudioFileReader {
        do throws(AudioCaptureError) {
            return input == "-"
                ? try AudioFileReader(standardInput: ()) : try AudioFileReader(wavFile: input)
        } catch {
            throw .input(path: input, error)
        }
    }

    /// The number of samples of one read, `nil` at the end.
    private func read(
        _ reader: AudioFileReader,
        _ samples: inout [Int16]
    ) throws(DaemonError) -> Int? {
        var span = samples.mutableSpan
        do throws(AudioCaptureError) {
            let count = try reader.read(into: &span)
            return count == 0 ? nil : count
        } catch {
            throw .input(path: input, error)
        }
    }
}
